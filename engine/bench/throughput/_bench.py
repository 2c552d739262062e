"""The whole bench: the day's stretches both ways in turns, crowds, more cameras, and how soon facts are there."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from engine.bench.scoring import Counts
from engine.bench.staging import Level, stage_demo_store
from engine.bench.throughput._film import PERIOD_NS, Film, Stretch, shoppers_inside, take_film
from engine.bench.throughput._follow import follow
from engine.bench.throughput._report import ByCameras, ByShoppers, DayShare, Delay, ThroughputReport
from engine.bench.throughput._ways import Clocked, EngineWay, Look, PlainWay, Stream, streams_of
from engine.runtime.perception import Perceiver, load_perceiver
from engine.store import StoreFolder
from engine.vision import Model

Tell = Callable[[str], None]

DAY = "day/ordinary-hour.toml"
_TURN = 10  # moments that one way has before the other has the same ones
_DEADLINE_S = 10.0


@dataclass(frozen=True, kw_only=True)
class ThroughputPlan:
    """What to film and how often: ``day`` are the stretches that a day is made of, ``crowds`` are beyond it.

    ``cameras``: how many on one core, for ``together_s``. ``latency``: cameras on two cores.
    """

    day: tuple[Stretch, ...] = (Stretch(0, 2.0), Stretch(1, 12.0), Stretch(3, 15.0))
    crowds: tuple[Stretch, ...] = (Stretch(8, 1.0), Stretch(20, 1.0))
    cameras: tuple[int, ...] = (4, 8, 16, 32)
    together_s: float = 4.0
    latency_cameras: int = 4
    latency_s: float = 6.0
    seed: int = 1

    @property
    def full(self) -> "ThroughputPlan":
        """The same, longer."""
        return replace(
            self,
            day=(Stretch(0, 5.0), Stretch(1, 60.0), Stretch(2, 60.0), Stretch(3, 60.0)),
            crowds=(Stretch(5, 5.0), Stretch(10, 4.0), Stretch(20, 3.0)),
            together_s=20.0,
            latency_s=50.0,
        )


@dataclass(frozen=True)
class _Played:
    """A film both ways: what frames cost, tracking beside, what of it was models, and how well people were followed."""

    shoppers: float
    frame_ns: float
    plain_frame_ns: float
    model_ns: float
    track_ns: float
    identities: Counts
    plain_identities: Counts


def bench_throughput(plan: ThroughputPlan, tell: Tell) -> ThroughputReport:
    """Film, then play."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory(prefix="tillfree-throughput-") as work_dir:
        folder = stage_demo_store(Path(work_dir) / "store", level=Level.PIXELS, review_deadline_s=_DEADLINE_S)
        return _Bench(folder, plan, tell).run()


class _Bench:
    def __init__(self, folder: StoreFolder, plan: ThroughputPlan, tell: Tell) -> None:
        self._folder = folder
        self._plan = plan
        self._tell = tell
        self._models: list[Clocked] = []
        self._perceiver: Perceiver = load_perceiver(folder, watch=self._clocked)
        self._empty = self._film(plan.day[0])

    def run(self) -> ThroughputReport:
        busiest = self._film(self._plan.day[-1])
        between = [self._film(stretch) for stretch in self._plan.day[1:-1]]
        day = [self._play(film) for film in (self._empty, *between, busiest)]
        crowds = [self._play(self._film(stretch)) for stretch in self._plan.crowds]
        together = tuple(self._together(busiest, cameras) for cameras in self._plan.cameras)
        shares = _shares(self._plan.day, shoppers_inside(self._folder.store, DAY, seed=self._plan.seed))
        return self._report(day, crowds, together, shares, self._latency(busiest))

    def _report(
        self,
        day: Sequence[_Played],
        crowds: Sequence[_Played],
        together: tuple[ByCameras, ...],
        shares: Sequence[float],
        latency: Delay,
    ) -> ThroughputReport:
        def through_day(values: Sequence[float]) -> float:
            return float(np.dot(shares, values))

        track_ns = through_day([one.track_ns for one in day])
        frame_ns = through_day([one.frame_ns for one in day]) + track_ns
        plain_ns = through_day([one.plain_frame_ns for one in day]) + track_ns
        return ThroughputReport(
            camera_fps_per_core=round(1e9 / frame_ns, 1),
            plain_camera_fps_per_core=round(1e9 / plain_ns, 1),
            ratio_to_plain=round(plain_ns / frame_ns, 2),
            idle_share=round(day[0].frame_ns / day[1].frame_ns, 3),
            model_share=round(through_day([one.model_ns for one in day]) / frame_ns, 3),
            track_ms=round(track_ns / 1e6, 2),
            idf1=round(sum((one.identities for one in day), Counts()).f1, 4),
            plain_idf1=round(sum((one.plain_identities for one in day), Counts()).f1, 4),
            fact_latency_ms=latency,
            by_cameras=together,
            by_shoppers=tuple(_by_shoppers(one) for one in (*day, *crowds)),
            day=tuple(
                DayShare(shoppers=stretch.shoppers, share=round(share, 3))
                for stretch, share in zip(self._plan.day, shares, strict=True)
            ),
            provider=self._models[0].provider,
            seconds=sum(stretch.seconds for stretch in (*self._plan.day, *self._plan.crowds)),
        )

    def _clocked(self, model: Model) -> Model:
        self._models.append(Clocked(model))
        return self._models[-1]

    def _film(self, stretch: Stretch) -> Film:
        return take_film(self._folder, stretch, seed=self._plan.seed)

    def _streams(self, film: Film, cameras: int | None = None) -> list[Stream]:
        return streams_of(self._folder.store, film, self._empty, cameras=cameras)

    def _play(self, film: Film) -> _Played:
        streams = self._streams(film)
        ours, plain = EngineWay(streams, self._perceiver), PlainWay(streams, self._perceiver)
        model_ns = 0
        for first in range(0, film.moments, _TURN):
            moments = range(first, min(first + _TURN, film.moments))
            before_ns = self._model_ns
            ours.live(moments)
            model_ns += self._model_ns - before_ns
            plain.live(moments)
        followed, plainly = (follow(self._folder.store, way.looks, film.places) for way in (ours, plain))
        frames = film.moments * len(streams)
        played = _Played(
            shoppers=film.shoppers,
            frame_ns=ours.spent_ns / frames,
            plain_frame_ns=plain.spent_ns / frames,
            model_ns=model_ns / frames,
            track_ns=followed.cost_ns / frames,
            identities=followed.identities,
            plain_identities=plainly.identities,
        )
        self._tell(
            f"{_by_shoppers(played)}; followed: IDF1 {followed.identities.f1:.3f}, {plainly.identities.f1:.3f} plainly"
        )
        return played

    def _together(self, film: Film, cameras: int) -> ByCameras:
        way = EngineWay(self._streams(film, cameras), self._perceiver, busy=True)
        moments = round(self._plan.together_s * 1e9 / PERIOD_NS)
        way.live(range(moments))
        report = ByCameras(
            cameras=cameras,
            load=round(way.spent_ns / (moments * PERIOD_NS), 3),
            looked_share=round(len(way.looks) / (moments * cameras), 3),
            latency_ms=_delay(way.looks),
            drops=way.dropped(),
        )
        self._tell(str(report))
        return report

    def _latency(self, film: Film) -> Delay:
        """Cameras dealt in turn to two processes, each on a core of its own, as a store's are."""
        streams = self._streams(film, self._plan.latency_cameras)
        looks: list[Look] = []
        for number in range(2):
            way = EngineWay(streams[number::2], self._perceiver, busy=True)
            way.live(range(round(self._plan.latency_s * 1e9 / PERIOD_NS)))
            looks += way.looks
        delay = _delay(looks)
        self._tell(f"{len(streams)} cameras on two cores: facts after {delay.p50:.0f} ms, p99 {delay.p99:.0f}")
        return delay

    @property
    def _model_ns(self) -> int:
        return sum(model.spent_ns for model in self._models)


def _shares(day: Sequence[Stretch], inside: Sequence[int]) -> list[float]:
    """The share of time that each stretch stands for: that with as many inside, or more but fewer than the next."""
    classes = np.searchsorted([stretch.shoppers for stretch in day], inside, side="right") - 1
    return [float(np.mean(classes == number)) for number in range(len(day))]


def _by_shoppers(played: _Played) -> ByShoppers:
    return ByShoppers(
        shoppers=round(played.shoppers, 1),
        frame_ms=round(played.frame_ns / 1e6, 2),
        plain_frame_ms=round(played.plain_frame_ns / 1e6, 2),
    )


def _delay(looks: Sequence[Look]) -> Delay:
    delays_ms = [(look.done_ns - look.came_ns) / 1e6 for look in looks]
    p50, p99 = np.percentile(delays_ms, (50, 99))
    return Delay(p50=round(float(p50), 1), p99=round(float(p99), 1))
