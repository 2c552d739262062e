"""What is polled: so many controllers with so many channels, so often."""

from dataclasses import dataclass

REGISTERS_PER_CHANNEL = 2  # float32, as resources/profiles/generic-float32.toml has it


@dataclass(frozen=True, kw_only=True)
class Load:
    """Controllers that are polled at once, each over a connection of its own."""

    controllers: int
    channels: int
    hz: float

    @property
    def registers(self) -> int:
        """How many registers one controller is asked for in a cycle."""
        return self.channels * REGISTERS_PER_CHANNEL

    @property
    def period_s(self) -> float:
        """From one cycle to the next."""
        return 1 / self.hz


SHELVES = Load(controllers=16, channels=32, hz=50.0)  # a store of 500 plates
CROWD = Load(controllers=200, channels=32, hz=20.0)  # more connections than any store of ours needs
