"""Widgets, item models and views over `console.model`: they hold no truth of their own."""
