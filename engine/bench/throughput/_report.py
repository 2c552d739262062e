"""The figures of the throughput bench."""

import msgspec

from engine.domain import Drops


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """In ms: the median, and what one in a hundred exceeds."""

    p50: float
    p99: float


class ByCameras(msgspec.Struct, frozen=True, kw_only=True):
    """So many cameras at 10 frames/s on one core: six see shoppers, the others an empty store.

    ``load``: the core's share that they took. ``latency_ms``: from a frame's arrival to its fact. ``looked_share``: of
    all frames that came.
    """

    cameras: int
    load: float
    looked_share: float
    latency_ms: Delay
    drops: tuple[Drops, ...]

    def __str__(self) -> str:
        drops = ", ".join(f"{one.count} {one.cause}" for one in self.drops) or "none"
        return (
            f"{self.cameras} cameras on one core: {self.load:.0%} of it, {self.looked_share:.0%} of the frames,"
            f" p99 {self.latency_ms.p99:.0f} ms; dropped: {drops}"
        )


class ByShoppers(msgspec.Struct, frozen=True, kw_only=True):
    """What a frame of the store's cameras costs, in ms, with so many shoppers there on average; 0: idle."""

    shoppers: float
    frame_ms: float
    plain_frame_ms: float

    @property
    def ratio(self) -> float:
        """Of the plain way's cost to the engine's."""
        return self.plain_frame_ms / self.frame_ms

    def __str__(self) -> str:
        return (
            f"{self.shoppers:.1f} shoppers: {self.frame_ms:.1f} ms a frame, plainly {self.plain_frame_ms:.1f}"
            f" ({self.ratio:.1f} x)"
        )


class DayShare(msgspec.Struct, frozen=True, kw_only=True):
    """For what share of the day's time at least so many shoppers, and fewer than the next, are inside."""

    shoppers: int
    share: float


class ThroughputReport(msgspec.Struct, frozen=True, kw_only=True):
    """Processor time of one thread throughout. What is not said of ``plain`` is the engine's.

    ``camera_fps_per_core``: camera frames that come in a second, that one core keeps up with through the ``day``, with
    decoding, detection, pose and tracking. ``idle_share``: cost of a camera before an empty store, to that of one in a
    store with one shopper. ``model_share``: of the day's cost that is arithmetic of the models.
    """

    camera_fps_per_core: float
    plain_camera_fps_per_core: float
    ratio_to_plain: float
    idle_share: float
    model_share: float
    track_ms: float
    idf1: float
    plain_idf1: float
    fact_latency_ms: Delay
    by_cameras: tuple[ByCameras, ...]
    by_shoppers: tuple[ByShoppers, ...]
    day: tuple[DayShare, ...]
    provider: str
    seconds: float

    def __str__(self) -> str:
        latency = self.fact_latency_ms
        return (
            f"through a day: {self.camera_fps_per_core:.0f} camera frames/s a core, plainly"
            f" {self.plain_camera_fps_per_core:.0f} ({self.ratio_to_plain:.2f} x); IDF1 {self.idf1:.3f}, plainly"
            f" {self.plain_idf1:.3f}; an idle camera costs {self.idle_share:.0%} of a busy one; models"
            f" {self.model_share:.0%} of the time; facts after {latency.p50:.0f} ms, p99 {latency.p99:.0f}"
        )
