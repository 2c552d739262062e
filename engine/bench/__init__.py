"""Benchmarks and the scorer: the only engine code that may see the twin and its truth."""
