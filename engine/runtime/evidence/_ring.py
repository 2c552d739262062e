"""The last minute of skeletons, weight steps and places, in memory only."""

from collections import deque

import numpy as np

from engine.domain import (
    Camera,
    CameraId,
    CameraOverlay,
    Evidence,
    FloorView,
    InputFact,
    NeedsReview,
    PersonsSeen,
    Store,
)
from engine.domain import WeightSettled as Settled

_KEPT_NS = 60_000_000_000
_BEFORE_NS = 3_000_000_000
_AFTER_NS = 2_000_000_000
_FRAMES_AT_MOST = 600


class EvidenceRing:
    """Notes what the core is told; a case cuts its own piece out."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._frames: deque[CameraOverlay] = deque()
        self._steps: deque[Settled] = deque()
        self._floor: deque[FloorView] = deque()

    def note(self, fact: InputFact) -> None:
        """Keep a frame's skeletons or a settled step; what is older than a minute goes."""
        if isinstance(fact, PersonsSeen):
            self._frames.append(overlay_of(fact))
            _forget(self._frames, fact.t_ns)
        elif isinstance(fact, Settled):
            self._steps.append(fact)
            _forget(self._steps, fact.t_ns)

    def note_floor(self, view: FloorView) -> None:
        """Keep who was where."""
        self._floor.append(view)
        _forget(self._floor, view.t_ns)

    def cut(self, case: NeedsReview) -> Evidence:
        """The frames of the cameras that look at the case's plates, and the steps of its shelf, around it."""
        since_ns, until_ns = case.start_ns - _BEFORE_NS, case.end_ns + _AFTER_NS
        cameras = self._cameras_on(case)
        frames = [f for f in self._frames if f.camera_id in cameras and since_ns <= f.t_ns <= until_ns]
        frames.sort(key=lambda frame: (frame.t_ns, frame.camera_id))
        steps = [s for s in self._steps if s.shelf_id == case.shelf_id and since_ns <= s.t_ns <= until_ns]
        floor = [view for view in self._floor if since_ns <= view.t_ns <= until_ns]
        return Evidence(
            case_id=case.case_id,
            frames=tuple(frames[-_FRAMES_AT_MOST:]),
            steps=tuple(steps),
            floor=tuple(floor[-_FRAMES_AT_MOST:]),
        )

    def _cameras_on(self, case: NeedsReview) -> set[CameraId]:
        plates = [self._store.plate_by_id[p] for p in case.plate_ids if p in self._store.plate_by_id]
        if not plates:
            return {camera.camera_id for camera in self._store.cameras}
        tops_m = np.array([plate.centre_m for plate in plates])
        return {camera.camera_id for camera in self._store.cameras if _sees_any(camera, tops_m)}


def overlay_of(fact: PersonsSeen) -> CameraOverlay:
    """A frame's skeletons as they are shown."""
    return CameraOverlay(t_ns=fact.t_ns, camera_id=fact.camera_id, persons=fact.persons)


def _sees_any(camera: Camera, points_m: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bool:
    calibration = camera.calibration
    pixels = calibration.project(points_m)
    inside = (pixels >= 0) & (pixels < (calibration.width_px, calibration.height_px))  # NaN, behind, is not inside
    return bool(inside.all(axis=1).any())


def _forget(kept: deque[CameraOverlay] | deque[Settled] | deque[FloorView], now_ns: int) -> None:
    while kept and kept[0].t_ns < now_ns - _KEPT_NS:
        kept.popleft()
