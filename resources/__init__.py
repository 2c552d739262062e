"""Data only: model packages, device profiles, the demo store, icons."""
