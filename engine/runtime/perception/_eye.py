"""One camera as its perception process sees it: stream, background, motion, and what was not looked at and why."""

import time
from collections import Counter, deque

import cv2
import numpy as np
import simplejpeg
from numpy.typing import NDArray

from engine import vision
from engine.domain import (
    BackgroundPlate,
    Camera,
    CameraHealth,
    Drops,
    FramesDropped,
    PersonSeen,
    PersonsSeen,
    SensorFault,
    SensorRecovered,
)
from engine.ports import CameraLink, Frame, Image
from engine.runtime.perception._camera_watch import CameraWatch, LinkState
from engine.runtime.perception._perceiver import Perceiver, around, describe, nobody
from engine.vision import PictureTrouble

_SUBSTREAM_WIDTH_PX = 640
_PLATE_WIDTH_PX = 640
_JPEG_QUALITY = 82
_RATE_WINDOW_S = 3.0
_JUDGE_NS = 250_000_000
_BLIND = frozenset(PictureTrouble) - {PictureTrouble.BLURRED}


class Eye:
    """Looks at a camera's newest frame when its process has time."""

    def __init__(self, camera: Camera, link: CameraLink, *, frames_hz: float) -> None:
        self.camera = camera
        self.looked_ns = 0
        self._link = link
        self._period_ns = int(1e9 / frames_hz)
        self._seq = 0
        self._due_ns = 0
        self._plate = vision.BackgroundPlate()
        self._gate = vision.MotionGate()
        self._expected: vision.Detections | None = None
        self._drops: Counter[str] = Counter()
        self._told: Counter[str] = Counter()
        self._looked: deque[int] = deque()
        self._lag_ms = 0.0
        self._provider = ""
        self._judge = vision.PictureJudge()
        self._judged_ns: int | None = None
        self._trouble: PictureTrouble | None = None
        self._watch = CameraWatch(camera, frames_hz=frames_hz)

    def waiting(self) -> Frame | None:
        """A frame that is due: newer than the last one looked at, and not sooner than the rate asks for.

        One that came too soon is passed over for the next, not kept until it is old.
        """
        frame = self._link.newest(after_seq=self._seq)
        return frame if frame is not None and frame.t_ns >= self._due_ns - self._period_ns // 4 else None

    def look(self, frame: Frame, perceiver: Perceiver) -> PersonsSeen | None:
        """Turn a frame into its fact; the models run only where something differs from the empty store.

        None for a frame that is broken or shows nothing to be believed: that it shows nobody would be taken for
        evidence that nobody is there.
        """
        if self._seq and frame.seq - self._seq > 1:
            late = frame.t_ns - self.looked_ns > self._period_ns * 1.5
            self._drops["busy" if late else "above rate"] += frame.seq - self._seq - 1
        self._seq, self.looked_ns = frame.seq, frame.t_ns
        self._provider = perceiver.provider
        self._due_ns = max(self._due_ns + self._period_ns, frame.t_ns)  # a late frame does not delay the next
        image_bgr = frame.image_bgr(at_least_width_px=_SUBSTREAM_WIDTH_PX)
        if image_bgr.size == 0:
            self._drops["broken"] += 1
            return None
        self._judge_picture(image_bgr, frame.t_ns)
        if self._trouble in _BLIND:
            self._drops[self._trouble] += 1
            return None
        persons = self._see(image_bgr, frame.t_ns, perceiver)
        now_ns = time.monotonic_ns()
        self._lag_ms = (now_ns - frame.t_ns) / 1e6
        self._looked.append(now_ns)
        return PersonsSeen(t_ns=frame.t_ns, camera_id=self.camera.camera_id, frame_seq=frame.seq, persons=persons)

    def _judge_picture(self, image_bgr: Image, t_ns: int) -> None:
        if self._judged_ns is not None and t_ns - self._judged_ns < _JUDGE_NS:
            return
        self._judged_ns = t_ns
        self._trouble = self._judge.judge(image_bgr, self._plate, t_ns)
        height_px, width_px = image_bgr.shape[:2]
        self._watch.looked(self._trouble, width_px=width_px, height_px=height_px)

    def alarms(self, now_ns: int) -> list[SensorFault | SensorRecovered]:
        """What began to be wrong with the camera, or is well again, since this was last asked."""
        state = LinkState(
            seq=self._seq,
            frame_ns=self.looked_ns,
            lag_ms=self._lag_ms,
            fault=self._link.fault,
            fault_kind=self._link.fault_kind,
        )
        return self._watch.tell(state, now_ns)

    def _see(self, image_bgr: Image, t_ns: int, perceiver: Perceiver) -> tuple[PersonSeen, ...]:
        people, posed = nobody(), None
        if self._gate.judge(image_bgr, self._plate).moved:
            people = self._expected or perceiver.detect(image_bgr)
        if len(people):
            posed = perceiver.pose(image_bgr, people, self.camera)
        detected = self._expected is None
        self._expected = around(posed) if posed is not None and detected else None
        self._plate.observe(image_bgr, people.xyxy_px, t_ns)
        return describe(self.camera, image_bgr.shape[1], posed) if posed is not None else ()

    def health(self, now_ns: int) -> CameraHealth:
        """Rate, lag, drops and fault of the moment."""
        while self._looked and now_ns - self._looked[0] > _RATE_WINDOW_S * 1e9:
            self._looked.popleft()
        return CameraHealth(
            camera_id=self.camera.camera_id,
            fps=round(len(self._looked) / _RATE_WINDOW_S, 1),
            lag_ms=round(self._lag_ms, 1),
            drops=tuple(Drops(cause=cause, count=count) for cause, count in sorted(self._drops.items())),
            fault=self._link.fault,
            provider=self._provider,
        )

    def dropped(self, now_ns: int) -> tuple[FramesDropped, ...]:
        """Drops since this was last asked, by cause."""
        fresh = self._drops - self._told
        self._told = Counter(self._drops)
        return tuple(
            FramesDropped(t_ns=now_ns, camera_id=self.camera.camera_id, count=count, cause=cause)
            for cause, count in sorted(fresh.items())
        )

    def background(self, now_ns: int) -> BackgroundPlate | None:
        """The picture of the empty store in ideal pixels; None before there is one."""
        plate = self._plate.image_bgr
        if plate is None:
            return None
        jpeg = simplejpeg.encode_jpeg(self._ideal(plate), quality=_JPEG_QUALITY, colorspace="BGR")
        return BackgroundPlate(t_ns=now_ns, camera_id=self.camera.camera_id, jpeg=jpeg)

    def close(self) -> None:
        """Let the camera go."""
        self._link.close()

    def _ideal(self, picture_bgr: Image) -> Image:
        width_px = min(_PLATE_WIDTH_PX, picture_bgr.shape[1])
        height_px = round(width_px * picture_bgr.shape[0] / picture_bgr.shape[1])
        small = cv2.resize(picture_bgr, (width_px, height_px), interpolation=cv2.INTER_AREA)
        calibration = self.camera.calibration
        K_small: NDArray[np.float64] = calibration.K_cam * (width_px / calibration.width_px)
        K_small[2, 2] = 1.0
        return np.asarray(cv2.undistort(small, K_small, np.array([calibration.k1, calibration.k2, 0, 0])), np.uint8)
