"""The store core: who is where, who took what, and what it costs. Pure: facts in, facts out."""

from engine.core._core import StoreCore

__all__ = ["StoreCore"]
