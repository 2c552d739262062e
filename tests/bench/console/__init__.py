"""The bench of the console."""
