"""A camera as a technician meets it: what it sends, how often, how old, and whether its picture can be believed."""

import time
from dataclasses import dataclass

import numpy as np

from engine.ports import CameraStream, Image
from engine.vision import BackgroundPlate as Plate
from engine.vision import PictureJudge, PictureTrouble

_LOOK_S = 0.02
_JUDGE_NS = 250_000_000


@dataclass(frozen=True, kw_only=True)
class Probed:
    """What was found; ``fault`` says why there was no picture, and all else is nought then.

    ``jitter_ms`` is how much the instants of pictures scatter about their mean period.
    """

    fault: str
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    jitter_ms: float = 0.0
    first_picture_s: float = 0.0
    trouble: PictureTrouble | None = None


class LinkProbe:
    """Looks at one link for a while; ``look`` never waits."""

    def __init__(self, link: CameraStream) -> None:
        self._link = link
        self._began_s = time.monotonic()
        self._first_s = 0.0
        self._seq = 0
        self._seen: list[tuple[int, int]] = []
        self._picture: Image = np.zeros((0, 0, 3), np.uint8)
        self._judge = PictureJudge()
        self._judged_ns = 0
        self._trouble: PictureTrouble | None = None

    def look(self) -> None:
        """Take in the newest frame, if it is new."""
        frame = self._link.newest(after_seq=self._seq)
        if frame is None:
            return
        self._first_s = self._first_s or time.monotonic() - self._began_s
        self._seq = frame.seq
        self._seen.append((frame.seq, frame.t_ns))
        if frame.t_ns - self._judged_ns >= _JUDGE_NS:
            self._judged_ns = frame.t_ns
            self._picture = frame.image_bgr()
            if self._picture.size:
                self._trouble = self._judge.judge(self._picture, Plate(), frame.t_ns)

    def found(self) -> Probed:
        """What is known so far."""
        height_px, width_px = self._picture.shape[:2]
        fps = jitter_ms = 0.0
        if len(self._seen) > 2:
            seqs, instants_ns = (np.array(column, np.float64) for column in zip(*self._seen, strict=True))
            period_ns = (instants_ns[-1] - instants_ns[0]) / (seqs[-1] - seqs[0])
            off_ns = instants_ns - instants_ns[0] - (seqs - seqs[0]) * period_ns
            fps, jitter_ms = 1e9 / period_ns, float(np.std(off_ns)) / 1e6
        return Probed(
            fault=self._link.fault,
            codec=self._link.codec,
            width_px=width_px,
            height_px=height_px,
            fps=round(fps, 1),
            jitter_ms=round(jitter_ms, 1),
            first_picture_s=round(self._first_s, 2),
            trouble=self._trouble,
        )

    def close(self) -> None:
        """Let the camera go."""
        self._link.close()


def probe(links: list[CameraStream], *, seconds: float) -> list[Probed]:
    """Look at several links side by side for so long, and let them go."""
    probes = [LinkProbe(link) for link in links]
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        for each in probes:
            each.look()
        time.sleep(_LOOK_S / 2)
    found = [each.found() for each in probes]
    for each in probes:
        each.close()
    return found
