"""Shelf sources: load-cell controllers over Modbus, described by device profiles."""
