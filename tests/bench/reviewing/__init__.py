"""The bench of the reviewer."""
