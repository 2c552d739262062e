"""Hardware and partners behind the ports of the engine: each driver stands alone."""
