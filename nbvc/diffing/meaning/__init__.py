"""What a change of an output means: pixels, cells of tables, values by path, frames."""
