"""The whole of Tillfree as separate processes on real sockets: the twin, the engine, a client."""
