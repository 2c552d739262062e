"""Carry out the steps of a command, one after the other, each answered before the next goes out."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from drivers.shelf._commands import Step
from drivers.shelf._pdu import CodecError, check_written, read_request, registers_in, write_request
from drivers.shelf._plan import BlockRead
from drivers.shelf._profile import DeviceProfile

Ask = Callable[[bytes], Awaitable[bytes]]

_LOOK_S = 0.02


class StepError(CodecError):
    """A register did not become what a step waits for."""


@dataclass(frozen=True)
class Order:
    """A step for one channel: where it is there, and the known weight as registers."""

    profile: DeviceProfile
    step: Step
    position: int
    weight: Sequence[int]

    @property
    def address(self) -> int:
        """The register that is written or watched."""
        return self.step.wire_address + self.position * (self.step.stride or 0)

    @property
    def values(self) -> list[int]:
        """The registers to write."""
        values: list[int] = []
        for value in self.step.write:
            values += self.weight if isinstance(value, str) else [value]
        return values


async def carry_out(order: Order, ask: Ask) -> None:
    """Do one step. Raises ``CodecError`` and what ``ask`` raises."""
    if order.step.write:
        request = write_request(order.address, order.values, function=order.step.with_function)
        check_written(await ask(request), request)
    else:
        await _wait(order, ask)
    await asyncio.sleep(order.step.pause_s)


async def _wait(order: Order, ask: Ask) -> None:
    step = order.step
    read = BlockRead(order.profile.function_of(step), order.address, 1)
    until_s = time.monotonic() + step.within_s
    while True:
        register = int.from_bytes(registers_in(await ask(read_request(read)), read), "big")
        if (register >> step.shift) & ((1 << step.bits) - 1) == step.equals:
            return
        if time.monotonic() > until_s:
            raise StepError(f"{register:#06x} in register {read.address} for {step.within_s:g} s")
        await asyncio.sleep(_LOOK_S)
