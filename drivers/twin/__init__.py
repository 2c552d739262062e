"""The simulated store: a scenario, its physics, its pictures, and the hardware they appear on.

It runs as a process of its own and reaches the engine through sockets only. What really happened goes to a file that
only the scorer reads.
"""
