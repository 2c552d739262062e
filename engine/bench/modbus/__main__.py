"""The process of the controllers that are polled: ``python -m engine.bench.modbus CONTROLLERS CHANNELS``."""

import asyncio
import sys

from engine.bench.modbus._controllers import serve

if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
