"""Read the state of a repository: branch, operation, changes, conflicts, remotes."""
