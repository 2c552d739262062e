"""Tests against real data that lies beside the repository."""
