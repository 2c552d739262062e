"""``[commands]``: what a device wants to be told, step by step, so that it zeroes, tares or spans a channel."""

from typing import Annotated, Literal

import msgspec

from drivers.shelf._place import Bits, Section

_MOST_WRITTEN = 123  # MODBUS Application Protocol 1.1b3, 6.12


class Step(Bits, frozen=True, kw_only=True):
    """One step: ``write`` these registers, or wait until a register's bits are ``equals``; then a pause.

    ``"weight"`` in ``write`` stands for the known weight, written as ``[weight]`` writes weights. Several registers go
    out in one request. Without ``stride`` it is one register for all channels.
    """

    write: tuple[Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] | Literal["weight"], ...] = ()
    with_function: Literal[6, 16] | None = None
    bits: Annotated[int, msgspec.Meta(ge=1, le=16)] = 16
    equals: int | None = None
    within_s: Annotated[float, msgspec.Meta(gt=0, le=60)] = 2.0
    pause_s: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.require_place()
        if bool(self.write) == (self.equals is not None):
            raise ValueError("a step has either write or equals")
        if len(self.write) > _MOST_WRITTEN:
            raise ValueError(f"write: one request writes at most {_MOST_WRITTEN} registers")
        if self.with_function == 6 and (len(self.write) != 1 or "weight" in self.write):
            raise ValueError("with_function: 6 writes one register")


class CommandSection(Section, frozen=True, kw_only=True):
    """Steps in their order, and how many writes they cost the memory that keeps the device's settings."""

    steps: tuple[Step, ...]
    eeprom_writes: Annotated[int, msgspec.Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("steps: needs at least one")


class CommandsSection(Section, frozen=True, kw_only=True):
    """``[commands]``: what the device can be told; what is left out it cannot."""

    zero: CommandSection | None = None
    tare: CommandSection | None = None
    span: CommandSection | None = None
