"""What goes wrong with the devices and the light of a scenario: what the file says, and what the seed makes of it.

Nothing here acts. Whoever simulates a device asks ``faults_of`` and ``light_of`` once and does what they say.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec
import numpy as np

from drivers.twin.scenario._ranges import Range, draw
from engine.domain import CameraId, ControllerId, PlateId

_Share = Annotated[float, msgspec.Meta(gt=0.0, le=1.0)]

_DRAWS = 3  # beside the seed: conditions draw from numbers of their own, so that adding one changes no shopper


class FaultKind(StrEnum):
    """What a device does wrong."""

    STUCK = "stuck"  # a load cell keeps its last reading
    DEAD = "dead"  # a load cell has nothing to say
    SWAPPED = "swapped"  # two load cells are wired to each other's channels
    OFFLINE = "offline"  # a controller or camera does not answer
    LOSSY = "lossy"  # a share of the packets of a controller or camera is lost
    LATE = "late"  # a controller or camera answers seconds late


class _Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """From ``from_s`` to ``to_s`` after the opening; without ``to_s``, to the end."""

    from_s: Range = 0.0
    to_s: Range | None = None


class Stuck(_Fault, frozen=True, kw_only=True, tag="stuck"):
    """The plate says what it said when the fault began."""

    plate: PlateId


class Dead(_Fault, frozen=True, kw_only=True, tag="dead"):
    """The plate's channel has no reading."""

    plate: PlateId


class Swapped(_Fault, frozen=True, kw_only=True, tag="swapped"):
    """Each of two plates says what the other feels."""

    plate: PlateId
    other: PlateId


class Offline(_Fault, frozen=True, kw_only=True, tag="offline"):
    """A controller or a camera is gone."""

    controller: ControllerId | None = None
    camera: CameraId | None = None


class Lossy(_Fault, frozen=True, kw_only=True, tag="lossy"):
    """Each sample or picture is lost with the probability ``share``, one independent of the other."""

    share: _Share
    controller: ControllerId | None = None
    camera: CameraId | None = None


class Late(_Fault, frozen=True, kw_only=True, tag="late"):
    """Each sample or picture arrives ``late_s`` after it was taken."""

    late_s: Range
    controller: ControllerId | None = None
    camera: CameraId | None = None


FaultSection = Stuck | Dead | Swapped | Offline | Lossy | Late


class LightSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The light that pictures are taken in; 1 is the light of a store at rest.

    ``shift``: the share by which exposure has changed after ``over_s`` seconds, at an even rate. ``flicker_share``:
    the amplitude of a sine of ``flicker_hz`` about that.
    """

    shift: Range = 0.0
    over_s: Range = 60.0
    flicker_hz: Range = 0.0
    flicker_share: Range = 0.0


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault with its chances drawn; of the targets those are set that ``kind`` is about.

    ``plate_id`` and ``other_plate_id`` are told from each other by nothing but their order; ``to_s`` may be infinite.
    """

    kind: FaultKind
    from_s: float
    to_s: float
    plate_id: PlateId | None = None
    other_plate_id: PlateId | None = None
    controller_id: ControllerId | None = None
    camera_id: CameraId | None = None
    lost_share: float = 0.0
    late_s: float = 0.0

    def acts(self, t_s: float) -> bool:
        """Whether it does at this instant of the scenario."""
        return self.from_s <= t_s < self.to_s


@dataclass(frozen=True, kw_only=True)
class Light:
    """The light with its chances drawn."""

    shift: float = 0.0
    over_s: float = 60.0
    flicker_hz: float = 0.0
    flicker_share: float = 0.0
    flicker_rad: float = 0.0

    @property
    def steady(self) -> bool:
        """Whether pictures need not be changed at all."""
        return self.shift == 0.0 and self.flicker_share == 0.0

    def level(self, t_s: float) -> float:
        """What the light at ``t_s`` is multiplied with, flicker left out; above 0."""
        return 1.0 + self.shift * min(1.0, max(0.0, t_s) / self.over_s)

    def gain(self, t_s: float) -> float:
        """What the light of a picture taken at ``t_s`` is multiplied with; above 0."""
        return self.level(t_s) * (
            1.0 + self.flicker_share * math.sin(2 * math.pi * self.flicker_hz * t_s + self.flicker_rad)
        )


def faults_of(sections: tuple[FaultSection, ...], *, seed: int) -> tuple[Fault, ...]:
    """The faults of a scenario in the order of its file, everything within ranges drawn by the seed."""
    rng = np.random.default_rng([seed, _DRAWS])
    return tuple(_drawn(section, rng) for section in sections)


def light_of(section: LightSection, *, seed: int) -> Light:
    """The light of a scenario, everything within ranges drawn by the seed."""
    rng = np.random.default_rng([seed, _DRAWS, 1])
    return Light(
        shift=draw(section.shift, rng),
        over_s=draw(section.over_s, rng),
        flicker_hz=draw(section.flicker_hz, rng),
        flicker_share=draw(section.flicker_share, rng),
        flicker_rad=float(rng.uniform(0, 2 * math.pi)),
    )


def _drawn(section: FaultSection, rng: np.random.Generator) -> Fault:
    return Fault(
        kind=FaultKind(str(section.__struct_config__.tag)),
        from_s=draw(section.from_s, rng),
        to_s=math.inf if section.to_s is None else draw(section.to_s, rng),
        plate_id=getattr(section, "plate", None),
        other_plate_id=getattr(section, "other", None),
        controller_id=getattr(section, "controller", None),
        camera_id=getattr(section, "camera", None),
        lost_share=getattr(section, "share", 0.0),
        late_s=draw(getattr(section, "late_s", 0.0), rng),
    )
