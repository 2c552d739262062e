"""What changed, so that views repaint only that."""

from dataclasses import dataclass

from engine.domain import CameraId, CaseId, ReceiptId, VisitId


@dataclass(frozen=True)
class Reset:
    """A snapshot replaced everything."""


@dataclass(frozen=True)
class VisitChanged:
    """A visit opened, was bound to a track, left, or was charged."""

    visit_id: VisitId


@dataclass(frozen=True)
class CartChanged:
    """A line of this visit's cart was said, replaced or withdrawn."""

    visit_id: VisitId


@dataclass(frozen=True)
class ReceiptChanged:
    """A receipt was issued or adjusted."""

    receipt_id: ReceiptId


@dataclass(frozen=True)
class CaseOpened:
    """The engine asks a person."""

    case_id: CaseId


@dataclass(frozen=True)
class CaseClosed:
    """The engine says that a case is decided."""

    case_id: CaseId


@dataclass(frozen=True)
class LeasesChanged:
    """Who looks at which case may be another."""


@dataclass(frozen=True)
class FloorMoved:
    """Somebody moved, came or went."""


@dataclass(frozen=True)
class CameraChanged:
    """A camera has new skeletons or a new background plate."""

    camera_id: CameraId


@dataclass(frozen=True)
class HealthChanged:
    """The engine's health, or a device's fault, is another."""


@dataclass(frozen=True)
class ShelvesChanged:
    """What lies on the shelves, or what is flagged of it, is another."""


Notice = (
    Reset
    | VisitChanged
    | CartChanged
    | ReceiptChanged
    | CaseOpened
    | CaseClosed
    | LeasesChanged
    | FloorMoved
    | CameraChanged
    | HealthChanged
    | ShelvesChanged
)
