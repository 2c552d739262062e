"""Every fact, defined once: the class is the message.

*Input* facts come from sensors, gates and people; the journal keeps them and the core consumes them. *Output*
facts are what the core concludes. Instants are ``t_ns`` of the engine's monotonic clock at capture; what is decided
or hashed is integer: mm, mg, ppm, minor units.
"""

from enum import StrEnum

import msgspec

from engine.domain._age import AgeFact
from engine.domain._commands import Command
from engine.domain._fact import Fact
from engine.domain._geometry import Vector3
from engine.domain._ids import (
    CameraId,
    CaseId,
    CommandId,
    FacingId,
    GateId,
    LineId,
    PlateId,
    ShelfId,
    SkuId,
    StepId,
    TrackId,
    VisitId,
)
from engine.domain._receipts import ReceiptFact
from engine.domain._verdict import Verdict

KEYPOINTS = 17
"""COCO order: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles; left before right."""


# --- inputs: seeing -----------------------------------------------------------------------------------------------


class PersonSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One person in one frame, in ideal pixels of the camera's calibration.

    ``keypoints`` is x, y, score for each of the 17 COCO joints, 51 numbers; empty when the pose was not looked for.
    """

    xyxy_px: tuple[float, float, float, float]
    score: float
    keypoints: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.keypoints) not in (0, 3 * KEYPOINTS):
            raise ValueError(f"keypoints: {len(self.keypoints)} numbers, expected 0 or {3 * KEYPOINTS}")


class PersonsSeen(Fact, frozen=True, kw_only=True, tag=True):
    """All people in one frame of one camera; an empty frame says that nobody was seen."""

    camera_id: CameraId
    frame_seq: int
    persons: tuple[PersonSeen, ...]


class BodyTracked(msgspec.Struct, frozen=True, kw_only=True):
    """A person placed in the store frame by somebody else's tracker. Metres."""

    name: str
    head_m: Vector3
    hands_m: tuple[Vector3, ...]


class BodiesTracked(Fact, frozen=True, kw_only=True, tag=True):
    """All people an outside tracker sees at one instant: recordings, and stores that bring their own tracking."""

    bodies: tuple[BodyTracked, ...]


class FramesDropped(Fact, frozen=True, kw_only=True, tag=True):
    """``count`` frames of a camera were not looked at since the last such fact, and why."""

    camera_id: CameraId
    count: int
    cause: str


# --- inputs: doors ------------------------------------------------------------------------------------------------


class EntryAuthorised(Fact, frozen=True, kw_only=True, tag=True):
    """A valid token was shown at the gate; the visit begins when its holder walks in."""

    gate_id: GateId
    visit_id: VisitId
    staff: bool = False


class EntryRefused(Fact, frozen=True, kw_only=True, tag=True):
    """A token was shown that does not open the gate."""

    gate_id: GateId
    reason: str


class Passage(StrEnum):
    """Which way somebody went through a gate."""

    IN = "in"
    OUT = "out"


class GatePassed(Fact, frozen=True, kw_only=True, tag=True):
    """The gate's beam saw one person go through."""

    gate_id: GateId
    passage: Passage


# --- inputs: shelves ----------------------------------------------------------------------------------------------


class PlateMass(msgspec.Struct, frozen=True, kw_only=True):
    """Grams on, or moved onto, one plate, in milligrams."""

    plate_id: PlateId
    mass_mg: int


class WeightProvisional(Fact, frozen=True, kw_only=True, tag=True):
    """A weight step that has not settled yet: the first answer, within 150 ms. Negative mass left the shelf."""

    step_id: StepId
    shelf_id: ShelfId
    start_ns: int
    mass_mg: int
    sigma_mg: int
    plates: tuple[PlateMass, ...]


class WeightSettled(Fact, frozen=True, kw_only=True, tag=True):
    """The final answer for a step; ``mass_mg`` 0 with no plates says that nothing stayed changed.

    ``trace_mg`` is the shelf's total around the step against the level before it, ``trace_period_ms`` apart,
    the first sample ``trace_lead_ms`` before ``start_ns``: for eyes, not for decisions.
    """

    step_id: StepId
    shelf_id: ShelfId
    start_ns: int
    end_ns: int
    mass_mg: int
    sigma_mg: int
    plates: tuple[PlateMass, ...]
    trace_mg: tuple[int, ...] = ()
    trace_period_ms: int = 0
    trace_lead_ms: int = 0


class ShelfBaseline(Fact, frozen=True, kw_only=True, tag=True):
    """What each plate of a shelf weighs at rest; ``resumed`` marks the first rest after sensing was interrupted."""

    shelf_id: ShelfId
    plates: tuple[PlateMass, ...]
    resumed: bool = False


class SensorFault(Fact, frozen=True, kw_only=True, tag=True):
    """A device stopped being trustworthy: why, what the engine does without it, and what to do about it."""

    device_id: str
    kind: str
    remedy: str
    cause: str = ""
    consequence: str = ""


class SensorRecovered(Fact, frozen=True, kw_only=True, tag=True):
    """The fault of that kind is over."""

    device_id: str
    kind: str


# --- inputs: time, people -----------------------------------------------------------------------------------------


class EngineStarted(Fact, frozen=True, kw_only=True, tag=True):
    """The engine came up; everything it had not written before is unknown."""

    wall_ns: int
    version: str


class Tick(Fact, frozen=True, kw_only=True, tag=True):
    """Time passed."""


class LateFact(Fact, frozen=True, kw_only=True, tag=True):
    """A fact came after its place in the journal was closed; it was not acted on."""

    source: str
    late_by_ns: int
    what: str


class CommandGiven(Fact, frozen=True, kw_only=True, tag=True):
    """A person's command, as accepted by the engine's door."""

    command_id: CommandId
    by: str
    command: Command


InputFact = (
    PersonsSeen
    | BodiesTracked
    | FramesDropped
    | EntryAuthorised
    | EntryRefused
    | GatePassed
    | WeightProvisional
    | WeightSettled
    | ShelfBaseline
    | SensorFault
    | SensorRecovered
    | EngineStarted
    | Tick
    | LateFact
    | CommandGiven
)


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """One journal entry: a fact with where it came from. The journal's order is final."""

    boot_epoch: int
    source: str
    seq: int
    fact: InputFact


# --- outputs: visits ----------------------------------------------------------------------------------------------


class VisitOpened(Fact, frozen=True, kw_only=True, tag=True):
    """A shopper is on the way in; the cart exists from here."""

    visit_id: VisitId
    gate_id: GateId
    staff: bool


class ShopperBound(Fact, frozen=True, kw_only=True, tag=True):
    """Somebody on a visit is this track from now on: who showed the token, or a guest who came in on it."""

    visit_id: VisitId
    track_id: TrackId
    probability_ppm: int


class VisitLeft(Fact, frozen=True, kw_only=True, tag=True):
    """The shopper, and all who came in on the same token, went out; the receipt follows when nothing is open."""

    visit_id: VisitId


# --- outputs: movements -------------------------------------------------------------------------------------------


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line says what it says. A mass of 0 expected means that no product was assumed."""

    measured_mg: int
    expected_mg: int
    hand_distance_mm: int | None
    runner_up: str
    runner_up_ppm: int


class Line(Fact, frozen=True, kw_only=True):
    """A statement about one cart line; a later one with the same ``line_id`` replaces it.

    ``quantity`` is positive; the class says which way it goes. ``settled`` is False while the weight still moves.
    """

    line_id: LineId
    step_id: StepId
    visit_id: VisitId
    sku_id: SkuId
    quantity: int
    facing_id: FacingId | None
    settled: bool
    probability_ppm: int
    reason: Reason


class Picked(Line, frozen=True, kw_only=True, tag=True):
    """Taken from a shelf: into the cart."""


class PutBack(Line, frozen=True, kw_only=True, tag=True):
    """Returned to its own facing: out of the cart."""


class PutElsewhere(Line, frozen=True, kw_only=True, tag=True):
    """Put on another product's facing: out of the cart, and lying where it does not belong."""


class LineWithdrawn(Fact, frozen=True, kw_only=True, tag=True):
    """A line that was said is not so: it counts no longer."""

    line_id: LineId
    visit_id: VisitId
    cause: str


class Browsed(Fact, frozen=True, kw_only=True, tag=True):
    """A hand was in a facing and nothing stayed changed; ``lifted_mg`` is the most that was off the shelf."""

    visit_id: VisitId
    facing_id: FacingId
    lifted_mg: int


class Stocked(Fact, frozen=True, kw_only=True, tag=True):
    """Staff changed what stands on a shelf; no cart is touched. Positive mass was added."""

    step_id: StepId
    shelf_id: ShelfId
    sku_id: SkuId | None
    mass_mg: int


# --- outputs: review ----------------------------------------------------------------------------------------------


class Hypothesis(msgspec.Struct, frozen=True, kw_only=True):
    """One explanation of a step and how likely it is."""

    verdict: Verdict
    probability_ppm: int


class CaseCause(StrEnum):
    """Why a person is asked."""

    WHO = "who"
    WHAT = "what"
    UNEXPLAINED = "unexplained"
    UNWITNESSED = "unwitnessed"


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """Who passed a case on, and why."""

    by: str
    note: str


class NeedsReview(Fact, frozen=True, kw_only=True, tag=True):
    """The engine asks: the evidence may decide, and deciding alone would cost more than asking.

    It is said again with an ``escalation`` when a reviewer passes it on.
    """

    case_id: CaseId
    step_id: StepId
    line_id: LineId | None
    shelf_id: ShelfId
    plate_ids: tuple[PlateId, ...]
    start_ns: int
    end_ns: int
    mass_mg: int
    cause: CaseCause
    hypotheses: tuple[Hypothesis, ...]
    deadline_ns: int
    escalation: Escalation | None = None


BY_POLICY = "policy"
"""Who decided, when nobody did before the deadline."""
BY_LATER_FACTS = "later facts"
"""Who decided, when what happened next told what it had been."""


class CaseResolved(Fact, frozen=True, kw_only=True, tag=True):
    """A case is closed, by a person or by the policy: after the deadline, or because ``left_by`` cannot tell."""

    case_id: CaseId
    verdict: Verdict
    decided_by: str
    left_by: str = ""

    @property
    def by_person(self) -> bool:
        """Whether somebody looked and said what it was."""
        return self.decided_by not in (BY_POLICY, BY_LATER_FACTS)


class CaseReopened(Fact, frozen=True, kw_only=True, tag=True):
    """What was decided on a case is taken back: the question follows, with a new deadline."""

    case_id: CaseId
    reopened_by: str


class UnseenUnits(msgspec.Struct, frozen=True, kw_only=True):
    """Units that may have made part of a change: taken when ``quantity`` is positive, as in a verdict."""

    plate_ids: tuple[PlateId, ...]
    sku_id: SkuId
    quantity: int
    probability_ppm: int


class UnwitnessedChange(Fact, frozen=True, kw_only=True, tag=True):
    """Mass changed on a shelf after ``since_ns`` while nobody measured.

    ``candidates`` say which units would explain it, place by place and by weight alone, the likeliest of a place first.
    """

    shelf_id: ShelfId
    plates: tuple[PlateMass, ...]
    mass_mg: int
    since_ns: int | None = None
    candidates: tuple[UnseenUnits, ...] = ()


class GramsMismatch(Fact, frozen=True, kw_only=True, tag=True):
    """Grams of a shelf, missing when negative, that neither stock, carts, misplaced items nor open cases account for.

    ``since_ns`` is when they began to be. The next one of the same shelf replaces it.
    """

    shelf_id: ShelfId
    plates: tuple[PlateMass, ...]
    mass_mg: int
    sigma_mg: int
    since_ns: int


class GramsAccounted(Fact, frozen=True, kw_only=True, tag=True):
    """The grams of the shelf add up again; ``accepted_by`` somebody who looked and took it as it lies, if so."""

    shelf_id: ShelfId
    accepted_by: str = ""


class AlarmShelved(Fact, frozen=True, kw_only=True, tag=True):
    """Somebody set an alarm aside until ``until_ns``, and why; put back in sight when that is ``t_ns``."""

    device_id: str
    kind: str
    until_ns: int
    reason: str
    by: str


CartFact = Picked | PutBack | PutElsewhere | LineWithdrawn
OutputFact = (
    VisitOpened
    | ShopperBound
    | VisitLeft
    | Picked
    | PutBack
    | PutElsewhere
    | LineWithdrawn
    | Browsed
    | Stocked
    | NeedsReview
    | CaseResolved
    | CaseReopened
    | UnwitnessedChange
    | GramsMismatch
    | GramsAccounted
    | AgeFact
    | ReceiptFact
    | EntryRefused
    | SensorFault
    | SensorRecovered
    | AlarmShelved
)
