"""The floor tracker against a made-up room whose truth is known."""
