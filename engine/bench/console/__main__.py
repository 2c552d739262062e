"""The process that talks to the console under test: ``python -m engine.bench.console LOAD``, as JSON."""

import sys
from threading import Event, Thread

import msgspec

from engine.bench.console._load import Load
from engine.bench.console._talk import Talker


def main() -> None:
    """Print both endpoints, then talk until standard input ends: whoever started us is done, or dead."""
    talker = Talker(msgspec.json.decode(sys.argv[1], type=Load))
    stopped = Event()
    thread = Thread(target=talker.talk, args=(stopped,), name="talker")
    thread.start()
    sys.stdout.write(f"{talker.front.state} {talker.front.door}\n")
    sys.stdout.flush()
    sys.stdin.read()
    stopped.set()
    thread.join()


if __name__ == "__main__":
    main()
