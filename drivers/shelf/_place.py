"""Where registers are: as on the wire, or as manuals number them."""

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

_BLOCKS = {3: (40001, 400001), 4: (30001, 300001)}
_REGISTERS = {5: 9999, 6: 65536}  # by how many digits a manual's numbers have


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a profile."""


class Place(Section, frozen=True, kw_only=True):
    """One register, and how far it is to the same register of the next channel.

    ``address`` counts from 0, as on the wire. ``manual`` is what a manual calls it: 40001 and 400001 are the first
    holding register and 30001 and 300001 the first input register; a smaller number counts from 1. Without ``stride``
    the channels' holds; 0 is one register for all of them.
    """

    address: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] | None = None
    manual: Annotated[int, msgspec.Meta(ge=1, le=465536)] | None = None
    function: Literal[3, 4] | None = None
    stride: Annotated[int, msgspec.Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        if self.address is not None and self.manual is not None:
            raise ValueError("address and manual both say where it is: keep one")
        if self.manual is not None:
            function, _ = _from_manual(self.manual)
            if None not in (function, self.function) and function != self.function:
                raise ValueError(f"manual: {self.manual} is read with function {function}, not {self.function}")

    @property
    def placeless(self) -> bool:
        """Whether it lies where something else does."""
        return self.address is None and self.manual is None

    def require_place(self) -> None:
        """Raises ``ValueError`` unless it says where it is."""
        if self.placeless:
            raise ValueError("say where it is with address (from 0, as on the wire) or manual (as in a manual)")

    @property
    def wire_address(self) -> int:
        """The address that goes over the wire."""
        return _from_manual(self.manual)[1] if self.manual is not None else self.address or 0

    @property
    def wire_function(self) -> int | None:
        """The function that reads it, where that is said."""
        return self.function or (_from_manual(self.manual)[0] if self.manual is not None else None)


class Bits(Place, frozen=True, kw_only=True):
    """A number of ``bits`` bits within a register; ``shift`` 0 is the lowest bit."""

    shift: Annotated[int, msgspec.Meta(ge=0, le=15)] = 0
    bits: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.shift + self.bits > 16:
            raise ValueError(f"bits: {self.bits} from bit {self.shift} are more than a register has")

    def require_codes(self, key: str, codes: Iterable[int]) -> None:
        """Raises ``ValueError`` unless the bits can say each of the codes."""
        for code in codes:
            if not 0 <= code < 1 << self.bits:
                raise ValueError(f"{key}: {code} does not go into {self.bits} bits")


def _from_manual(number: int) -> tuple[int | None, int]:
    """Function, where the number implies it, and wire address (MODBUS Application Protocol 1.1b3, 4.4)."""
    most = _REGISTERS.get(len(str(number)), 0)
    for function, firsts in _BLOCKS.items():
        for first in firsts:
            if len(str(first)) == len(str(number)) and first <= number < first + most:
                return function, number - first
    if number > 0x10000:
        raise ValueError(f"manual: {number} is no register. 40001 is the first holding register, 30001 the first input")
    return None, number - 1
