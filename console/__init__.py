"""The operator console: a replica of the engine's state, never its owner."""
