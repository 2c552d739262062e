"""How long an answer is waited for: as long as the device has lately taken, and a good deal longer."""

# Smoothing and margin of RFC 6298, 2.3: they follow a device within some answers, and outlast its usual delays.
_MEAN_GAIN, _SPREAD_GAIN, _SPREADS = 1 / 8, 1 / 4, 4


class Patience:
    """Follows one device between bounds, in seconds; where both are alike it stays what it is.

    A device that stays silent may only be slow: whenever it is dialled anew it is given twice the time.
    """

    def __init__(self, first_s: float, *, least_s: float, most_s: float) -> None:
        self.within_s = first_s
        self._least_s, self._most_s = least_s, most_s
        self._mean_s = self._spread_s = 0.0

    def answered(self, took_s: float) -> None:
        """An answer came after so long."""
        if self._mean_s == 0:
            self._mean_s, self._spread_s = took_s, took_s / 2
        else:
            self._spread_s += _SPREAD_GAIN * (abs(took_s - self._mean_s) - self._spread_s)
            self._mean_s += _MEAN_GAIN * (took_s - self._mean_s)
        self.within_s = self._bounded(self._mean_s + _SPREADS * self._spread_s)

    def dialled_anew(self) -> None:
        """No answer came in time, again and again."""
        self.within_s = self._bounded(2 * self.within_s)

    def _bounded(self, seconds: float) -> float:
        return min(max(seconds, self._least_s), self._most_s)
