"""What a pacer tells the engine and what it is told back. All instants are on the pacer's clock."""

import msgspec

from engine.domain import (
    BodiesTracked,
    CameraId,
    CommandGiven,
    ControllerId,
    EntryAuthorised,
    FloorView,
    GatePassed,
    OutputFact,
    PersonsSeen,
)


class _Stimulus(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that reaches the engine at ``at_ns``; never before the one ahead of it."""

    at_ns: int


class Opening(_Stimulus, frozen=True, kw_only=True, tag=True):
    """An engine that knows nothing opens the store; what was before is forgotten."""


class ShelvesRead(_Stimulus, frozen=True, kw_only=True, tag=True):
    """A controller's reading, taken at ``t_ns``: float32 little-endian grams of its channels, NaN for none."""

    controller_id: ControllerId
    t_ns: int
    grams: bytes


class PeopleSeen(_Stimulus, frozen=True, kw_only=True, tag=True):
    """What a camera with a detector of its own, or a tracker of somebody else's, says."""

    fact: PersonsSeen | BodiesTracked


class FrameTaken(_Stimulus, frozen=True, kw_only=True, tag=True):
    """A camera's picture, as JPEG."""

    camera_id: CameraId
    seq: int
    jpeg: bytes


class DoorsSaid(_Stimulus, frozen=True, kw_only=True, tag=True):
    """An entry whose code was found valid, or a passage."""

    fact: EntryAuthorised | GatePassed


class Commanded(_Stimulus, frozen=True, kw_only=True, tag=True):
    """A person's decision."""

    fact: CommandGiven


class TimePassed(_Stimulus, frozen=True, kw_only=True, tag=True):
    """Nothing happens until then; with ``show_floor`` the answer tells who is where."""

    show_floor: bool = False


Stimulus = Opening | ShelvesRead | PeopleSeen | FrameTaken | DoorsSaid | Commanded | TimePassed


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """A conclusion and when it was drawn."""

    at_ns: int
    fact: OutputFact


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to some stimuli: what was concluded, and the floor where a stimulus asked for it.

    ``failed`` counts the facts on which the core failed.
    """

    decided: tuple[Decided, ...]
    floor: FloorView | None
    failed: int
