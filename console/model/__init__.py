"""What the console knows, as plain Python without Qt: facts in, change notices out."""

from console.model import _words as words
from console.model._answers import (
    OFFERED,
    by_others,
    in_other_units,
    is_part,
    likeliest_first,
    open_visits,
    put_elsewhere,
)
from console.model._bookkeeping import receipts_csv
from console.model._cameras import STALE_AFTER_NS, CameraTile, CameraTiles, shoppers_of
from console.model._clock import NS_PER_S, EngineClock
from console.model._console import LOST_AFTER_NS, Connection, ConsoleModel, Link
from console.model._desk import ReceiptDesk, Request
from console.model._dwell import SQUARE_M, Dwell
from console.model._floor import TRAIL_NS, TRAIL_STEP_NS, FloorState, TrackOnFloor, TrailPoint
from console.model._health import FLOOD, LOW_DISK_MB, SLOW_LAG_MS, Alarm, FaultKey, HealthState, Problem, camera_problem
from console.model._holding import IDLE_NS, Holding
from console.model._notices import (
    CameraChanged,
    CartChanged,
    CaseClosed,
    CaseOpened,
    FloorMoved,
    HealthChanged,
    LeasesChanged,
    Notice,
    ReceiptChanged,
    Reset,
    ShelvesChanged,
    VisitChanged,
)
from console.model._overview import SLOW_RECEIPT_S, Need, Overview, Place, latest_lines, needs, overview
from console.model._review import (
    Case,
    Decision,
    DecisionStage,
    ReviewQueue,
    at_risk_minor,
    charge_minor,
)
from console.model._search import find_products, find_receipts, likely_quantity
from console.model._shelves import Acceptance, FacingStock, Level, Misplaced, ShelvesState
from console.model._tally import Tally
from console.model._trends import Series, Trends
from console.model._visits import (
    SHOPPER_COLOURS,
    Receipt,
    StoreState,
    Visit,
    VisitStage,
    by_stage,
    change_minor,
)

__all__ = [
    "FLOOD",
    "IDLE_NS",
    "LOST_AFTER_NS",
    "LOW_DISK_MB",
    "NS_PER_S",
    "OFFERED",
    "SHOPPER_COLOURS",
    "SLOW_LAG_MS",
    "SLOW_RECEIPT_S",
    "SQUARE_M",
    "STALE_AFTER_NS",
    "TRAIL_NS",
    "TRAIL_STEP_NS",
    "Acceptance",
    "Alarm",
    "CameraChanged",
    "CameraTile",
    "CameraTiles",
    "CartChanged",
    "Case",
    "CaseClosed",
    "CaseOpened",
    "Connection",
    "ConsoleModel",
    "Decision",
    "DecisionStage",
    "Dwell",
    "EngineClock",
    "FacingStock",
    "FaultKey",
    "FloorMoved",
    "FloorState",
    "HealthChanged",
    "HealthState",
    "Holding",
    "LeasesChanged",
    "Level",
    "Link",
    "Misplaced",
    "Need",
    "Notice",
    "Overview",
    "Place",
    "Problem",
    "Receipt",
    "ReceiptChanged",
    "ReceiptDesk",
    "Request",
    "Reset",
    "ReviewQueue",
    "Series",
    "ShelvesChanged",
    "ShelvesState",
    "StoreState",
    "Tally",
    "TrackOnFloor",
    "TrailPoint",
    "Trends",
    "Visit",
    "VisitChanged",
    "VisitStage",
    "at_risk_minor",
    "by_others",
    "by_stage",
    "camera_problem",
    "change_minor",
    "charge_minor",
    "find_products",
    "find_receipts",
    "in_other_units",
    "is_part",
    "latest_lines",
    "likeliest_first",
    "likely_quantity",
    "needs",
    "open_visits",
    "overview",
    "put_elsewhere",
    "receipts_csv",
    "shoppers_of",
    "words",
]
