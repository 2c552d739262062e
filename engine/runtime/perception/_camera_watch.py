"""Alarms of cameras: what is wrong becomes a fact with cause, consequence and remedy, and so does its end."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engine.domain import Camera, CameraId, SensorFault, SensorRecovered
from engine.ports import DeviceFaultKind
from engine.vision import PictureTrouble

AlarmFact = SensorFault | SensorRecovered

_SILENT_NS = 1_000_000_000
_FIRST_FRAME_NS = 5_000_000_000  # after the start: opening a stream takes its time
_HOLD_NS = 1_000_000_000
_LONG_HOLD_NS = 3_000_000_000
_RATE_NS = 3_000_000_000
_ENOUGH_SHARE = 0.7
_LATE_MS = 600.0
_PEOPLE_WIDTH_PX = 640
_SHAPE_TOLERANCE = 0.02


@dataclass(frozen=True)
class _Words:
    """``cause`` unless it is known better; ``hold_ns``: how long it must be so, or not so, before it is told."""

    cause: str
    consequence: str
    remedy: str
    hold_ns: int = _HOLD_NS


_UNSEEN = "It is not looked at: whom no other camera sees is not seen"
_NO_PICTURE = "Nobody is seen by it; those whom other cameras see keep their identity"
_WORDS: Final[Mapping[str, _Words]] = {
    "unreachable": _Words("It cannot be reached", _NO_PICTURE, "Check its power, cable and address", 0),
    "silent": _Words("No picture has come for a second", _NO_PICTURE, "Check its power, cable and network", 0),
    "refused": _Words("It refuses", _NO_PICTURE, "Check its user, password and path", 0),
    "garbled": _Words("What it sends is no video", _NO_PICTURE, "Set it to H.264, H.265 or JPEG", 0),
    PictureTrouble.FROZEN: _Words("It sends the same picture again and again", _UNSEEN, "Restart it"),
    PictureTrouble.DARK: _Words(
        "Its picture is dark", _UNSEEN, "Switch on the light, open its cap, or let it expose for longer"
    ),
    PictureTrouble.BRIGHT: _Words(
        "Its picture is white", _UNSEEN, "Shade what shines into it, or let it expose for less"
    ),
    PictureTrouble.COVERED: _Words("Something covers its lens", _UNSEEN, "Free and clean the lens"),
    PictureTrouble.MOVED: _Words(
        "It looks somewhere else than it did: its outlines are not where the background has them",
        f"{_UNSEEN}, because places would be wrong",
        "Turn it back; or calibrate it where it is, and restart the engine",
    ),
    PictureTrouble.BLURRED: _Words(
        "Its picture has lost its detail",
        "Hands and goods are told apart less well",
        "Clean the lens, then set its focus",
    ),
    "slow": _Words("", "Quick hands are missed", "Raise its frame rate, or check its network", _LONG_HOLD_NS),
    "late": _Words(
        "",
        "Carts change late, and hands may come too late for their weights",
        "Lower its bit rate or check its network; if all cameras are late, the engine needs more cores",
        _LONG_HOLD_NS,
    ),
    "small": _Words("", "People far off are missed", "Set it, or its substream, to 640 pixels a row or more"),
    "shape": _Words(
        "",
        "People are placed wrongly",
        "Set it to the shape that it was calibrated with, or calibrate it anew",
    ),
    "main_stream": _Words("", "The main stream is looked at, which costs more", "Mend its substream", _LONG_HOLD_NS),
}
_LINK: Final[tuple[DeviceFaultKind, ...]] = ("unreachable", "silent", "refused", "garbled")


@dataclass(frozen=True, kw_only=True)
class LinkState:
    """How a link stands: the newest frame's number and instant (0: none yet), its lag, and its fault, if any."""

    seq: int
    frame_ns: int
    lag_ms: float
    fault: str
    fault_kind: DeviceFaultKind


class _Alarms:
    """Tells what begins and what ends, each when it has held; at first, that nothing stands from before."""

    def __init__(self, device_id: str) -> None:
        self._device_id = device_id
        self._standing: dict[str, bool] = {}
        self._since_ns: dict[str, int] = {}

    def tell(self, causes: Mapping[str, str], now_ns: int) -> list[AlarmFact]:
        """Let those in ``causes`` be so now, for the reason given, or for their usual one."""
        facts: list[AlarmFact] = []
        for kind, words in _WORDS.items():
            stands = self._standing.get(kind)
            if (kind in causes) == stands:
                self._since_ns.pop(kind, None)
                continue
            held_ns = now_ns - self._since_ns.setdefault(kind, now_ns)
            at_first = stands is None and kind not in causes
            if at_first or held_ns >= words.hold_ns:
                self._standing[kind] = kind in causes
                facts.append(self._fact(kind, causes, now_ns))
        return facts

    def _fact(self, kind: str, causes: Mapping[str, str], now_ns: int) -> AlarmFact:
        if kind not in causes:
            return SensorRecovered(t_ns=now_ns, device_id=self._device_id, kind=kind)
        words = _WORDS[kind]
        return SensorFault(
            t_ns=now_ns,
            device_id=self._device_id,
            kind=kind,
            cause=causes[kind] or words.cause,
            consequence=words.consequence,
            remedy=words.remedy,
        )


class LinkWatch:
    """Watches whether anything comes from a camera."""

    def __init__(self, camera_id: CameraId) -> None:
        self._alarms = _Alarms(camera_id)
        self._began_ns: int | None = None

    def tell(self, state: LinkState, now_ns: int) -> list[AlarmFact]:
        """What began, and what is over."""
        return self._alarms.tell(self._causes(state, now_ns), now_ns)

    def _causes(self, state: LinkState, now_ns: int) -> dict[str, str]:
        if self._began_ns is None:
            self._began_ns = now_ns
        silent_ns = now_ns - state.frame_ns if state.seq else now_ns - self._began_ns
        if silent_ns < (_SILENT_NS if state.seq else _FIRST_FRAME_NS):
            return {}
        if not state.fault:
            return {"silent": ""}
        kind = state.fault_kind if state.fault_kind in _LINK else "silent"
        return {kind: state.fault}


class CameraWatch(LinkWatch):
    """Watches whether a camera's pictures come, in time and often enough, and what was found of them."""

    def __init__(self, camera: Camera, *, frames_hz: float) -> None:
        super().__init__(camera.camera_id)
        self._calibration = camera.calibration
        self._frames_hz = frames_hz
        self._seen: dict[str, str] = {}
        self._counts: deque[tuple[int, int]] = deque()

    def looked(self, trouble: PictureTrouble | None, *, width_px: int, height_px: int) -> None:
        """What was found of the newest picture."""
        self._seen = {trouble: ""} if trouble is not None else {}
        calibration = self._calibration
        if width_px < min(_PEOPLE_WIDTH_PX, calibration.width_px):
            self._seen["small"] = f"Its picture is {width_px} x {height_px}"
        expected = calibration.width_px / calibration.height_px
        if abs(width_px / height_px / expected - 1) > _SHAPE_TOLERANCE:
            shape = f"{calibration.width_px} x {calibration.height_px}"
            self._seen["shape"] = f"Its picture is {width_px} x {height_px}, its calibration for {shape}"

    def _causes(self, state: LinkState, now_ns: int) -> dict[str, str]:
        lost = super()._causes(state, now_ns)
        if lost or not state.seq:
            self._counts.clear()
            return lost
        causes = dict(self._seen)
        hz = self._rate_hz(state.seq, now_ns)
        if hz is not None and hz < _ENOUGH_SHARE * self._frames_hz:
            causes["slow"] = f"It delivers {hz:.1f} of {self._frames_hz:g} pictures a second"
        if state.lag_ms > _LATE_MS:
            causes["late"] = f"Its pictures are {state.lag_ms:.0f} ms old before they are looked at"
        if state.fault:
            causes["main_stream"] = state.fault
        return causes

    def _rate_hz(self, seq: int, now_ns: int) -> float | None:
        """Pictures a second that the camera delivered, looked at or not; None as long as that is not known."""
        self._counts.append((now_ns, seq))
        while now_ns - self._counts[0][0] > _RATE_NS:
            self._counts.popleft()
        began_ns, first = self._counts[0]
        age_ns = now_ns - began_ns
        return (seq - first) * 1e9 / age_ns if age_ns > 0.8 * _RATE_NS else None
