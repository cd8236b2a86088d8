"""What git calls: filter, merge driver, textconv, hooks."""
