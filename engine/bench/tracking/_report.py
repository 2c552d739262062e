"""The figures of the tracking bench."""

from collections.abc import Sequence

import msgspec
import numpy as np

from engine.bench.tracking._figures import Followed


class StepTime(msgspec.Struct, frozen=True, kw_only=True):
    """Of a step with all cameras, in ms: the median, and what one in a hundred exceeds."""

    p50: float
    p99: float


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One tracker behind one detector: means over the seeds, in per cent; switches a seed."""

    moda: float
    mota: float
    idf1: float
    switches: float
    step_ms: StepTime
    seeds: tuple[int, ...]

    @classmethod
    def of(cls, played: Sequence[tuple[int, Followed, Sequence[float]]]) -> "Figures":
        """Means over what was played with each seed, the times of all steps together."""
        counts = [followed for _, followed, _ in played]
        times = np.concatenate([np.asarray(times_ms) for _, _, times_ms in played])
        return cls(
            moda=_mean([100 * each.moda for each in counts]),
            mota=_mean([100 * each.mota for each in counts]),
            idf1=_mean([100 * each.idf1 for each in counts]),
            switches=_mean([each.switches for each in counts]),
            step_ms=StepTime(
                p50=round(float(np.percentile(times, 50)), 3), p99=round(float(np.percentile(times, 99)), 3)
            ),
            seeds=tuple(seed for seed, _, _ in played),
        )

    def __str__(self) -> str:
        """One line for people."""
        return (
            f"MODA {self.moda:.1f}, MOTA {self.mota:.1f}, IDF1 {self.idf1:.1f}, {self.switches:.0f} switches,"
            f" step {self.step_ms.p50:.2f} ms, p99 {self.step_ms.p99:.2f}"
        )


class ByDetector(msgspec.Struct, frozen=True, kw_only=True):
    """One tracker behind each simulated detector."""

    clean: Figures
    typical: Figures
    hard: Figures


class TrackingReport(msgspec.Struct, frozen=True, kw_only=True):
    """The engine's tracker on the seeds it was tuned on and, as ``untuned``, on others; and the naive way."""

    instants: int
    cameras: int
    typical: Figures
    hard: Figures
    clean: Figures
    untuned: ByDetector
    naive: ByDetector


def _mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 2)
