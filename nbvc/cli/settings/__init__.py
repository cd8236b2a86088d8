"""Options and settings, and what they choose."""
