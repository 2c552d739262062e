"""``python -m console``: the operator's window as a process of its own."""

import argparse
import sys
from pathlib import Path

from console.language import languages
from console.measure import Stint, measure
from console.qt import run
from console.scripted import review
from engine.wire import Address, KeyFileError, read_client_key


def main(arguments: list[str] | None = None) -> int:
    """Open the window; the exit code is 1 when the engine never answered."""
    parser = argparse.ArgumentParser(prog="console", description="Open the operator's window on a running engine.")
    parser.add_argument("--state", type=_endpoint, required=True, help="the engine's state endpoint")
    parser.add_argument("--door", type=_endpoint, required=True, help="the engine's endpoint for requests")
    parser.add_argument("--key", type=Path, metavar="FILE", help="your key file, for a store that asks for one")
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="save a picture of every page there")
    parser.add_argument("--every-look", action="store_true", help="in light and dark and in every language")
    parser.add_argument("--language", choices=languages(), help="what the window speaks; else the system's")
    parser.add_argument("--seconds", type=float, help="close after so long")
    parser.add_argument("--measure", type=Stint, help="be watched by `tillfree bench console`; tells it on stdout")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="be worked by `tillfree bench review`")
    chosen = parser.parse_args(arguments)
    try:
        key = read_client_key(chosen.key) if chosen.key else None
    except KeyFileError as error:
        parser.error(str(error))
    address = Address(state=chosen.state, door=chosen.door, key=key)
    if chosen.measure is not None:
        return measure(address, chosen.measure)
    if chosen.answers is not None:
        return review(address, chosen.answers)
    code = run(
        address,
        screenshots=chosen.screenshots,
        every_look=chosen.every_look,
        language=chosen.language,
        seconds=chosen.seconds,
    )
    if code:
        sys.stderr.write(
            f"console: no engine answered at {address.door}. Start one with `tillfree engine --store DIR`,"
            " or give --state and --door as [network] in its store.toml has them\n"
        )
    return code


def _endpoint(text: str) -> str:
    scheme, separator, rest = text.partition("://")
    if scheme not in ("tcp", "ipc") or not separator or not rest or (scheme == "tcp" and ":" not in rest):
        raise argparse.ArgumentTypeError(f"{text!r} is no endpoint; one looks like tcp://127.0.0.1:5701")
    return text


if __name__ == "__main__":
    sys.exit(main())
