"""Whether the time of every parser, comparison and page grows with the length of a text alone."""
