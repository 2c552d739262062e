"""Whether a movement is over: its plates tremble as at rest, and what came to them does not sway as a hand does."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.domain import Floats
from engine.shelving._rest import SLOW_MIN_G, AtRest, Deviation, held
from engine.shelving._sway import hand_nats
from engine.shelving._window import WindowPart

# Up to this factor it is noise as at rest and as the rest of the shelf has it now; or a ringing, so small a share.
_REST_SIGMAS, _REST_SHARE = 1.6, 0.005
# A hand has come when its plate is so near to what it presses on average, and rung for so long.
_NEAR_SIGMAS, _NEAR_SHARE, _RUNG_NS = 4.0, 0.15, 120_000_000
# Goods are believed when they are so many nats likelier than a hand. Where a plate's noise never tells, it is enough
# that they are likelier over so long; a shelf that is shaken now will tell when that is over.
_SURE_NATS, _LONG_NS, _SHAKEN = 4.0, 1_200_000_000, 1.5


@dataclass(frozen=True)
class Calm:
    """Judges plates of a shelf by its newest samples; ``aside`` are the plates that tell how it is shaken."""

    window: WindowPart
    rest: AtRest
    now: Deviation
    aside: Sequence[int]

    def on(self, plates: Sequence[int]) -> bool:
        """Whether no hand is left on these plates."""
        lately = held(self.window)
        noise_g = self._noise_g(lately)[plates]
        change_g = self.now.hold_g[plates]
        if (lately[:, plates].std(axis=0) > np.maximum(_REST_SIGMAS * noise_g, _REST_SHARE * np.abs(change_g))).any():
            return False
        came = [(plate, noise) for plate, noise in zip(plates, noise_g, strict=True) if self._is_heavier(plate)]
        return all(self._lies_still(plate, noise) for plate, noise in came)

    def _is_heavier(self, plate: int) -> bool:
        return bool(self.now.hold_g[plate] > SLOW_MIN_G)

    def _lies_still(self, plate: int, noise_g: float) -> bool:
        """Whether what came to weigh on a plate lies still since it came."""
        times_ns, came_g = self.window.times_ns, float(self.now.hold_g[plate])
        grams = self.window.grams
        changes_g = grams[:, plate] - self.rest.level_g[plate]
        away = np.flatnonzero(np.abs(changes_g - came_g) > _NEAR_SHARE * came_g + _NEAR_SIGMAS * noise_g)
        first_ns = times_ns[-1] - _LONG_NS
        came_ns = max(times_ns[away[-1]] + _RUNG_NS if len(away) else times_ns[0], first_ns)
        first = int(np.searchsorted(times_ns, came_ns))
        if len(times_ns) - first < 2:
            return False
        t_s = (times_ns[first:] - came_ns) / 1e9
        sigma_g = float(self._noise_g(grams[first:])[plate])
        never = came_ns == first_ns and sigma_g < _SHAKEN * float(self.rest.sigma_g[plate])
        return hand_nats(t_s, changes_g[first:], came_g, sigma_g=sigma_g) < (0 if never else -_SURE_NATS)

    def _noise_g(self, grams: Floats) -> Floats:
        """A sample's noise on each plate, (plates,), as the shelf was shaken in these samples (rows, plates)."""
        sigma_g, aside = self.rest.sigma_g, list(self.aside)
        if not aside:
            return self.now.shaken * sigma_g
        return max(1.0, float(np.median(grams[:, aside].std(axis=0) / sigma_g[aside]))) * sigma_g
