"""Tests mirror the packages they prove."""
