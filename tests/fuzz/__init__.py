"""Fuzzing: any bytes at all, and nothing but an answer or an `NbvcError` comes back."""
