"""Bakes the twin's shoppers from the CC0 MakeHuman body; needed once, never at run time."""
