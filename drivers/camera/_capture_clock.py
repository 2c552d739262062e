"""When a picture was taken, from the time that the camera stamped on it and the instant at which it arrived."""

_DRIFT = 200e-6  # more than the quartz of a camera and that of a host differ by
_NEW_CLOCK_NS = 5_000_000_000


class CaptureClock:
    """Maps a camera's time to the engine's clock, by the pictures that came quickest.

    A picture arrives what its way always takes after it was taken, and what the net and the decoder add this time. The
    stamps tell the second from the first: it is taken off. The first stays; the engine learns it from what people do.
    """

    def __init__(self) -> None:
        self._offset_ns = 0.0
        self._stamp_ns = self._told_ns = -1

    def capture_ns(self, stamp_ns: int, arrival_ns: int) -> int:
        """The instant of a picture: never after its arrival, always after the picture before.

        Stamps that stand still or go back say nothing: then it is the arrival.
        """
        offset_ns = arrival_ns - stamp_ns
        elapsed_ns = stamp_ns - self._stamp_ns
        late_ns = offset_ns - self._offset_ns
        known = self._stamp_ns >= 0 and elapsed_ns > 0
        if known and late_ns < _NEW_CLOCK_NS and elapsed_ns < _NEW_CLOCK_NS:
            self._offset_ns = min(offset_ns, self._offset_ns + _DRIFT * elapsed_ns)
        else:
            self._offset_ns = offset_ns
        self._stamp_ns = stamp_ns
        self._told_ns = min(arrival_ns, max(round(stamp_ns + self._offset_ns), self._told_ns + 1))
        return self._told_ns
