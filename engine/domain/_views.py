"""What the engine shows of itself: pictures of the moment, replaced by the next, never journaled."""

from functools import cached_property

import msgspec
import numpy as np

from engine.domain._commands import Accepted, Command, Refused
from engine.domain._facts import KEYPOINTS, OutputFact, PersonSeen, WeightSettled
from engine.domain._geometry import Floats, Vector3
from engine.domain._ids import CameraId, CaseId, CommandId, ConsoleId, PlateId, ShelfId, SkuId, TrackId, VisitId
from engine.domain._roles import Operator
from engine.domain._store import Store

_UNSEEN: Vector3 = (np.nan, np.nan, np.nan)


class View(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A picture of the moment ``t_ns``."""

    t_ns: int


class ShopperOnFloor(msgspec.Struct, frozen=True, kw_only=True):
    """One tracked person; ``joints_m`` holds the triangulated COCO joints, None where unseen."""

    track_id: TrackId
    visit_id: VisitId | None
    staff: bool
    foot_mm: tuple[int, int]
    joints_m: tuple[Vector3 | None, ...] = ()


class FloorView(View, frozen=True, kw_only=True, tag=True, dict=True):
    """Everybody on the floor."""

    shoppers: tuple[ShopperOnFloor, ...]

    @cached_property
    def points_m(self) -> Floats:
        """Everybody's joints and, last, the foot point, (N, 18, 3); NaN where unseen."""
        points_m = np.full((len(self.shoppers), KEYPOINTS + 1, 3), np.nan)
        for place, shopper in enumerate(self.shoppers):
            joints_m = shopper.joints_m[:KEYPOINTS]
            if joints_m:
                points_m[place, : len(joints_m)] = [_UNSEEN if joint_m is None else joint_m for joint_m in joints_m]
            points_m[place, -1] = shopper.foot_mm[0] / 1000, shopper.foot_mm[1] / 1000, 0.0
        return points_m


class UnitsLying(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a product that lie where another one belongs, or none."""

    sku_id: SkuId
    units: int


class PlateStock(msgspec.Struct, frozen=True, kw_only=True):
    """What lies on a plate that weighs ``mass_mg``, last known to be weighed at ``felt_ns``.

    ``units`` of the planned product: those of the first weighing and what was taken or brought since, without what is
    ``misplaced`` there by the books; 0 when none is planned. ``beside_mg`` is what weighs more (or less) than these.
    """

    plate_id: PlateId
    mass_mg: int
    felt_ns: int
    units: int
    beside_mg: int
    misplaced: tuple[UnitsLying, ...] = ()


class ShelfGrams(msgspec.Struct, frozen=True, kw_only=True):
    """Where the grams of one shelf are: ``opened_mg``, which once lay there or was brought by staff, is all the others.

    ``home_mg`` and ``misplaced_mg`` lie there, ``carts_mg`` went into carts (also of visits that are over), ``lost_mg``
    a person wrote off, ``open_mg`` is asked about, and ``missing_mg``, known to ``sigma_mg``, is unaccounted for.
    """

    shelf_id: ShelfId
    opened_mg: int
    home_mg: int
    misplaced_mg: int
    carts_mg: int
    lost_mg: int
    open_mg: int
    missing_mg: int
    sigma_mg: int
    plates: tuple[PlateStock, ...] = ()


class UnitMassProposal(msgspec.Struct, frozen=True, kw_only=True):
    """The scales say that a product's units do not weigh what its catalogue says; ``units`` of them were weighed."""

    sku_id: SkuId
    catalogue_mg: int
    learned_mg: int
    sigma_mg: int
    units: int


class StockView(View, frozen=True, kw_only=True, tag=True):
    """The grams of every shelf that was weighed, and what trade has taught of weights."""

    shelves: tuple[ShelfGrams, ...]
    unit_masses: tuple[UnitMassProposal, ...]


class CameraOverlay(View, frozen=True, kw_only=True, tag=True):
    """The skeletons of one frame, in ideal pixels of the camera."""

    camera_id: CameraId
    persons: tuple[PersonSeen, ...]


class BackgroundPlate(View, frozen=True, kw_only=True, tag=True):
    """A camera's picture of the store without people, as JPEG in ideal pixels. The one topic with pixels."""

    camera_id: CameraId
    jpeg: bytes


class Drops(msgspec.Struct, frozen=True, kw_only=True):
    """Frames of one camera not looked at, for one cause, since the engine started."""

    cause: str
    count: int


class CameraHealth(msgspec.Struct, frozen=True, kw_only=True):
    """``lag_ms`` is from a frame's arrival to its facts.

    ``behind_scales_ms`` is how far its instants lie behind those of the scales, with that standard deviation, as
    trade has taught it; None until it has. ``provider`` is ONNX Runtime's execution provider that really runs the
    models on its frames; empty for a camera that has its own.
    """

    camera_id: CameraId
    fps: float
    lag_ms: float
    drops: tuple[Drops, ...]
    fault: str = ""
    behind_scales_ms: float | None = None
    behind_scales_sigma_ms: float | None = None
    provider: str = ""


class ControllerHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A shelf controller's polling rate and what is wrong with it, if anything."""

    controller_id: str
    hz: float
    fault: str = ""


class ProcessHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One engine process as its supervisor sees it."""

    name: str
    state: str
    restarts: int
    cpu_share: float
    memory_mb: float


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of file on the engine's disk that is about people: what it holds, how much, and when it is ``deleted``.

    ``oldest_wall_ns`` is when what it holds began, in UTC; None when there is none.
    """

    name: str
    holds: str
    files: int
    megabytes: float
    oldest_wall_ns: int | None
    deleted: str


class EngineHealth(View, frozen=True, kw_only=True, tag=True):
    """How the engine is."""

    uptime_s: float
    processes: tuple[ProcessHealth, ...]
    cameras: tuple[CameraHealth, ...]
    controllers: tuple[ControllerHealth, ...]
    core_lag_ms: float
    journal_free_mb: float
    kept: tuple[Kept, ...] = ()


class SnapshotRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for everything a replica starts from."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The facts that still matter, in order; apply deltas of this ``epoch`` with a ``seq`` above this one.

    ``operator`` is whom the engine takes the asker for, None in a store that does not ask.
    """

    epoch: int
    seq: int
    t_ns: int
    wall_ns: int
    store: Store
    facts: tuple[OutputFact, ...]
    backgrounds: tuple[BackgroundPlate, ...]
    operator: Operator | None = None


class HoldCase(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A console shows this case, or none any more: nobody else is to be offered it, or to answer it.

    A console holds one case at a time, for the policy's ``review_lease_s`` unless it says so again.
    """

    console_id: ConsoleId
    by: str
    case_id: CaseId | None


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """A case that a console holds, and who sits there."""

    case_id: CaseId
    console_id: ConsoleId
    by: str


class Leases(View, frozen=True, kw_only=True, tag=True):
    """Every case that somebody looks at."""

    held: tuple[Lease, ...]


class EvidenceRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Ask for what a reviewer needs to decide a case."""

    case_id: CaseId


class Evidence(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Skeleton clips of every camera that saw the shelf, and the weight step; no pixels.

    ``floor`` is the floor during the clip, so that a reviewer sees which skeleton is whose.
    """

    case_id: CaseId
    frames: tuple[CameraOverlay, ...]
    steps: tuple[WeightSettled, ...]
    floor: tuple[FloorView, ...] = ()


class CommandRequest(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A command on its way in; ``command_id`` makes sending it twice harmless.

    ``by`` counts only where the engine does not know who asks by their key.
    Without a ``console_id`` it holds no case, and may answer only those that nobody holds.
    """

    command_id: CommandId
    by: str
    command: Command
    console_id: ConsoleId = ConsoleId("")


Request = SnapshotRequest | EvidenceRequest | HoldCase | CommandRequest
Reply = Snapshot | Evidence | Leases | Accepted | Refused
