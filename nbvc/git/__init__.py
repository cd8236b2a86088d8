"""Git: processes, objects, refs; it knows bytes and paths, not cells."""
