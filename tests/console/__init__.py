"""The console: its model without Qt, then its window under an offscreen platform."""
