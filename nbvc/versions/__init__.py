"""The history of a notebook: its versions across renames and merges, and who changed what."""
