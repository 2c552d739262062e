"""Tracking, attribution, carts and review: one pure state machine, facts in, facts out."""
