"""What a person asks git to do: commit, push, pull, merge."""
