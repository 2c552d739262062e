"""The engine's two sockets towards everybody else: its state as a stream, and a door for requests."""

from engine.runtime.hub._hub import Asked, Hub

__all__ = ["Asked", "Hub"]
