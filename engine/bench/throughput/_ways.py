"""Two ways to look at cameras with the same models: the engine's, and plainly every frame in full.

Each lives in simulated time and is told by the processor time of its own thread what it costs, so that whatever else
the machine does changes neither cost nor delay.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from engine.bench.throughput._film import OPENING_NS, PERIOD_NS, Film
from engine.domain import Camera, Drops, PersonsSeen, Store
from engine.runtime.paced import GivenCamera, GivenFrame
from engine.runtime.perception import Eye, Perceiver, Rota, describe
from engine.vision import Model

_SETTLING = 5  # moments between two looks at the empty store, of which a background is made
_WIDTH_PX = 640


@dataclass(frozen=True, slots=True)
class Look:
    """A frame that was looked at: when it came, when its fact was there, what it cost, and the fact."""

    came_ns: int
    done_ns: int
    cost_ns: int
    fact: PersonsSeen


@dataclass(frozen=True)
class Stream:
    """What a camera sends, a moment's picture every tenth of a second, and again from the first."""

    camera: Camera
    jpegs: Sequence[bytes]
    empty: Sequence[bytes]

    def frame(self, moment: int) -> GivenFrame:
        """The picture of a moment; before the film began, of the empty store."""
        jpegs = self.jpegs if moment >= 0 else self.empty
        t_ns = OPENING_NS + moment * PERIOD_NS
        return GivenFrame(OPENING_NS // PERIOD_NS + moment + 1, t_ns, jpegs[moment % len(jpegs)])


def streams_of(store: Store, film: Film, empty: Film, *, cameras: int | None = None) -> list[Stream]:
    """As many cameras, or those of the store: first its own in the film, then its own again in the empty store."""
    own = store.cameras
    count = len(own) if cameras is None else cameras
    streams = []
    for number in range(count):
        camera = own[number % len(own)]
        nobody = empty.jpegs[camera.camera_id]
        shown = film.jpegs[camera.camera_id] if number < len(own) else nobody
        streams.append(Stream(camera, shown, nobody))
    return streams


class PlainWay:
    """Every frame through detector and pose, as if no other had been before it."""

    def __init__(self, streams: Sequence[Stream], perceiver: Perceiver) -> None:
        self._streams = streams
        self._perceiver = perceiver
        self.looks: list[Look] = []
        self.spent_ns = 0

    def live(self, moments: range) -> None:
        """Look at what comes in these moments."""
        for moment in moments:
            for stream in self._streams:
                self._look(stream.camera, stream.frame(moment))

    def _look(self, camera: Camera, frame: GivenFrame) -> None:
        began_ns = time.thread_time_ns()
        picture = frame.image_bgr(at_least_width_px=_WIDTH_PX)
        posed = self._perceiver.pose(picture, self._perceiver.detect(picture), camera)
        persons = describe(camera, picture.shape[1], posed)
        cost_ns = time.thread_time_ns() - began_ns
        self.spent_ns += cost_ns
        fact = PersonsSeen(t_ns=frame.t_ns, camera_id=camera.camera_id, frame_seq=frame.seq, persons=persons)
        self.looks.append(Look(frame.t_ns, frame.t_ns + cost_ns, cost_ns, fact))


class EngineWay:
    """One perception process as it runs in a store: its rota, its eyes.

    ``busy``: a look takes its time, during which newer frames come; else the process is as quick as it need be.
    """

    def __init__(self, streams: Sequence[Stream], perceiver: Perceiver, *, busy: bool = False) -> None:
        self._streams = streams
        self._perceiver = perceiver
        self._busy = busy
        self._links = [GivenCamera() for _ in streams]
        self._eyes = [
            Eye(stream.camera, link, frames_hz=1e9 / PERIOD_NS)
            for stream, link in zip(streams, self._links, strict=True)
        ]
        self._rota = Rota(self._eyes)
        self._now_ns = OPENING_NS
        self.looks: list[Look] = []
        self.spent_ns = 0
        self._settle()
        self._dropped_at_first = self._dropped()

    def live(self, moments: range) -> None:
        """Look at what comes in these moments; all cameras take their pictures at once."""
        for moment in moments:
            for link, stream in zip(self._links, self._streams, strict=True):
                link.give(stream.frame(moment))
            until_ns = OPENING_NS + (moment + 1) * PERIOD_NS
            self._now_ns = max(self._now_ns, until_ns - PERIOD_NS)
            while self._now_ns < until_ns and self._take_turn():
                pass

    def dropped(self) -> tuple[Drops, ...]:
        """Frames not looked at, by cause."""
        dropped = self._dropped() - self._dropped_at_first
        return tuple(Drops(cause=cause, count=count) for cause, count in sorted(dropped.items()))

    def _dropped(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for eye in self._eyes:
            counts.update({drops.cause: drops.count for drops in eye.health(self._now_ns).drops})
        return counts

    def _settle(self) -> None:
        for moment in range(_SETTLING - OPENING_NS // PERIOD_NS - 1, 0, _SETTLING):
            for eye, stream in zip(self._eyes, self._streams, strict=True):
                eye.look(stream.frame(moment), self._perceiver)

    def _take_turn(self) -> bool:
        began_ns = time.thread_time_ns()
        turn = self._rota.next()
        fact = turn.eye.look(turn.frame, self._perceiver) if turn is not None else None
        cost_ns = time.thread_time_ns() - began_ns
        self.spent_ns += cost_ns
        if self._busy:
            self._now_ns += cost_ns
        if turn is not None and fact is not None:
            done_ns = self._now_ns if self._busy else self._now_ns + cost_ns
            self.looks.append(Look(turn.frame.t_ns, done_ns, cost_ns, fact))
        return turn is not None


class Clocked(Model):
    """A model of which is known how long it computed."""

    def __init__(self, model: Model) -> None:
        vars(self).update(vars(model))
        self.spent_ns = 0

    def run(self, tensor: NDArray[Any]) -> list[NDArray[Any]]:
        """As the model does."""
        began_ns = time.thread_time_ns()
        outputs = super().run(tensor)
        self.spent_ns += time.thread_time_ns() - began_ns
        return outputs
