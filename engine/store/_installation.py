"""What is installed in a store besides its goods: devices, addresses, retention. Read from ``store.toml``."""

from typing import Annotated, Literal

import msgspec

from engine.domain import CameraId, ControllerId, GateId, Policy

Positive = Annotated[float, msgspec.Meta(gt=0)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
NAME = msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
"""Ids are parts of file names, addresses and other ids."""


class _Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class StoreSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[store]``."""

    name: str
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class PolicySection(Policy, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[policy]``."""


class NetworkSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[network]``: ZeroMQ endpoints of this engine. ``inbox`` is for the engine's own processes only."""

    state: str = "tcp://127.0.0.1:5701"
    door: str = "tcp://127.0.0.1:5702"
    inbox: str = "tcp://127.0.0.1:5703"


class RetentionSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[retention]``: how long what is kept is kept."""

    journal_hours: Positive = 24.0
    evidence_hours: Positive = 24.0


class PerceptionSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[perception]``: how pixels are turned into facts."""

    processes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 2
    provider: str = "CPUExecutionProvider"
    frames_hz: Positive = 10.0


class CameraSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[camera]]``: a stream; its calibration is ``calibration/ID.toml``, its user and password in ``keys``.

    ``substream`` is the same camera's smaller picture: where there is one, it is looked at as long as it comes.
    """

    id: Annotated[CameraId, NAME]
    driver: str
    url: str
    substream: str = ""
    transport: Literal["auto", "tcp", "udp"] = "auto"


class TlsSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``tls`` of a controller: PEM files in the folder; ``certificate`` and ``key`` for a device that wants ours."""

    ca: str
    certificate: str | None = None
    key: str | None = None
    server_name: str = ""


class SerialSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``serial`` of a controller: the bus that it is on. Those of one bus say the same."""

    device: str
    baud: Annotated[int, msgspec.Meta(ge=300)] = 19200
    parity: Literal["none", "even", "odd"] = "even"
    stop_bits: Literal[1, 2] = 1


class ControllerSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[controller]]``: a shelf controller, at a ``host`` and ``port`` or on a ``serial`` bus."""

    id: Annotated[ControllerId, NAME]
    driver: str
    host: str = ""
    port: Port = 502
    tls: TlsSection | None = None
    serial: SerialSection | None = None
    profile: str
    channels: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    unit: Annotated[int, msgspec.Meta(ge=0, le=255)] = 1
    sample_hz: Positive = 50.0


class GateSection(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[gate]]``: a reader and beam; its place on the floor is in ``layout.toml``."""

    id: Annotated[GateId, NAME]
    driver: str
    host: str
    port: Port


class Installation(_Section, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of ``store.toml``."""

    store: StoreSection
    policy: PolicySection = PolicySection()
    network: NetworkSection = NetworkSection()
    retention: RetentionSection = RetentionSection()
    perception: PerceptionSection = PerceptionSection()
    camera: tuple[CameraSection, ...] = ()
    controller: tuple[ControllerSection, ...] = ()
    gate: tuple[GateSection, ...] = ()
