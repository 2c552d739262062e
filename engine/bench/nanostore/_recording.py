"""Read a recording: grams of every plate, and the people somebody else tracked, on one clock."""

import base64
import binascii
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.domain import BodyTracked, Floats, Vector3

METRES_PER_INCH = 0.0254
# The recording tracks wrists; the hand is this much further along the forearm.
_HAND_BEYOND_WRIST = 0.35
_LONGEST_MESSAGE_S = 1.0


class RecordingError(Exception):
    """A recording cannot be read; the message names file, line and remedy."""


@dataclass(frozen=True)
class GondolaTrace:
    """One gondola's plates. Shelves and plates count from 1; ``grams`` is NaN where there is no plate."""

    gondola: int
    t_s: Floats  # (rows,) since the recording's first plate message
    grams: NDArray[np.float32]  # (rows, shelves, plates)

    def live(self, shelf: int) -> list[int]:
        """The numbers of the plates on a shelf that ever say anything."""
        seen = ~np.isnan(self.grams[:, shelf - 1]).all(axis=0)
        return [int(index) + 1 for index in np.flatnonzero(seen)]


@dataclass(frozen=True)
class BodiesFrame:
    """Everybody the recording's tracker saw at one instant, in metres."""

    t_s: float
    bodies: tuple[BodyTracked, ...]


@dataclass(frozen=True)
class Recording:
    """What happened, in seconds since the first plate message."""

    traces: tuple[GondolaTrace, ...]
    frames: tuple[BodiesFrame, ...]

    @property
    def channels(self) -> int:
        """How many plates say anything."""
        return sum(len(trace.live(shelf + 1)) for trace in self.traces for shelf in range(trace.grams.shape[1]))

    @property
    def end_s(self) -> float:
        """When the last plate says its last."""
        return max(float(trace.t_s[-1]) for trace in self.traces)


def read_recording(folder: Path) -> Recording:
    """Read ``plate_data.json`` and, if it is there, ``full_targets.json``. Raises ``RecordingError``."""
    file = folder / "plate_data.json"
    messages: dict[int, list[tuple[float, float, NDArray[np.float32]]]] = defaultdict(list)
    for number, document in documents(file):
        try:
            data = document["document"]["plate_data"]
            gondola = int(data["plate_id"]["shelf_id"]["gondola_id"]["id"])
            messages[gondola].append((float(document["timestamp"]), float(data["freq_samp"]), _samples(data["values"])))
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise RecordingError(f"{file}: line {number}: {error!r}. Not a plate message") from None
    if not messages:
        raise RecordingError(f"{file}: no plate messages. Name the folder of a recording")
    origin_s = min(timestamp for gondola in messages.values() for timestamp, _, _ in gondola)
    traces = tuple(_trace(gondola, messages[gondola], origin_s) for gondola in sorted(messages))
    return Recording(traces, tuple(_frames(folder / "full_targets.json", origin_s)))


def documents(file: Path) -> Iterator[tuple[int, Any]]:
    """The JSON documents of a file, one a line, with their line numbers. Raises ``RecordingError``."""
    try:
        lines = file.read_bytes().splitlines()
    except FileNotFoundError:
        raise RecordingError(f"{file}: missing. Name the folder of a recording") from None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise RecordingError(f"{file}: line {number}: {error}. Mend or leave out that line") from None


def _samples(values: dict[str, Any]) -> NDArray[np.float32]:
    shape = tuple(int(length) for length in values["shape"])
    samples = np.frombuffer(base64.b64decode(values["data"]), dtype="<f4").reshape(shape)
    return samples[:, 1:, 1:]  # index 0 is unused


def _trace(gondola: int, messages: list[tuple[float, float, NDArray[np.float32]]], origin_s: float) -> GondolaTrace:
    messages.sort(key=lambda message: message[0])
    starts = [timestamp - origin_s for timestamp, _, _ in messages]
    t_s = []
    for index, (_, hz, samples) in enumerate(messages):
        length_s = len(samples) / hz
        if index + 1 < len(messages) and starts[index + 1] - starts[index] < _LONGEST_MESSAGE_S:
            length_s = starts[index + 1] - starts[index]
        t_s.append(starts[index] + np.arange(len(samples)) / len(samples) * length_s)
    return GondolaTrace(gondola, np.concatenate(t_s), np.concatenate([samples for _, _, samples in messages]))


def _frames(file: Path, origin_s: float) -> Iterator[BodiesFrame]:
    if not file.exists():
        return
    for number, document in documents(file):
        try:
            targets = document["document"]["targets"].get("targets", [])
            bodies = tuple(_body(target) for target in targets if "point" in target.get("head", {}))
            yield BodiesFrame(float(document["timestamp"]) - origin_s, bodies)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingError(f"{file}: line {number}: {error!r}. Not a frame of targets") from None


def _body(target: dict[str, Any]) -> BodyTracked:
    return BodyTracked(
        name=str(target["target_id"]["id"]), head_m=_metres(target["head"]["point"]), hands_m=tuple(_hands(target))
    )


def _hands(target: dict[str, Any]) -> Iterator[Vector3]:
    elbow_of_wrist = {
        _metres(target[f"{side}_wrist"]["point"]): _metres(target[f"{side}_elbow"]["point"])
        for side in ("l", "r")
        if "point" in target.get(f"{side}_wrist", {}) and "point" in target.get(f"{side}_elbow", {})
    }
    for hand in target.get("hands", []):
        if "point" in hand:
            wrist = _metres(hand["point"])
            elbow = elbow_of_wrist.get(wrist, wrist)
            x, y, z = (w + _HAND_BEYOND_WRIST * (w - e) for w, e in zip(wrist, elbow, strict=True))
            yield (x, y, z)


def _metres(point: dict[str, float]) -> Vector3:
    x, y, z = (METRES_PER_INCH * float(point.get(axis, 0.0)) for axis in "xyz")
    return (x, y, z)
