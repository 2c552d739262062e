"""The simulated store: it emulates hardware and hands the engine nothing a real store could not."""
