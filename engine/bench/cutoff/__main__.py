"""The process of an engine that will be cut off: ``python -m engine.bench.cutoff LIFE``, a JSON document."""

import sys

import msgspec

from engine.bench.cutoff._life import Life, live

if __name__ == "__main__":
    live(msgspec.json.decode(sys.argv[1], type=Life))
