"""What is left of a trial once it is judged: counts that add up, short lists, and every mistake in words.

Units are single units of a SKU. A *movement* is a unit that truly left a shelf or came to one; a *claim* is a unit that
the engine holds to have moved. They pair one to one (``compare`` says how), in one direction and at the same time:
the step of the claim begins not later than 3 s after the movement and ends not earlier than 3 s before it.
"""

import msgspec

from engine.bench.scoring._counts import Counts, Share
from engine.bench.scoring._trial import Evidence
from engine.bench.staging import Level


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One wrong unit: what was true and what was said of it, in words.

    ``at_s`` is in the scenario's seconds, ``probability`` the engine's own in what it said, None where it said
    nothing. ``decidable`` says that the truth was among what the engine offers a reviewer.
    """

    at_s: float
    true: str
    said: str
    probability: float | None
    decidable: bool


class SaidLine(msgspec.Struct, frozen=True, kw_only=True):
    """A cart line that stood in the end, and whether every unit of it is right."""

    probability_ppm: int
    right: bool


class MovementScore(msgspec.Struct, frozen=True, kw_only=True):
    """What became of every unit that was moved.

    * ``units``: a shopper's movement is right when a standing line credits it to the right account with the right
      SKU. Every other unit of a line is wrong: an item lifted and set down again has no line, so a pick and a put said
      of it are two wrong units unless both were withdrawn. Staff has no cart: what a line says of it is wrong.
    * ``events``: a movement, also by staff, is detected when a claim pairs with it on the same shelf, whoever and
      whatever. Claims are the units of lines; where a step has none, the units of restocking by their mass; else those
      of the likeliest hypothesis of a question.
    * ``right_account``, ``right_item``: among the detected movements of shoppers.
    * ``delays_ms``: of each right line, from its last unit leaving contact, or resting, to the instant since which a
      client has the line as it stayed (kind, account, SKU, units); not of lines that only the answer to a question
      made so, for they waited for a person.
    """

    units: Counts
    events: Counts
    right_account: Share
    right_item: Share
    said_lines: tuple[SaidLine, ...]
    delays_ms: tuple[float, ...]


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """One step that a reviewer may look at: how doubtful it is, and how many wrong units the look would mend."""

    doubt_ppm: int
    mends: int


class ReviewScore(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer could mend, who knows the truth but can only choose among what the engine offers.

    * ``lines``: the units that are owed or were charged; a movement and the wrong unit said of it count once.
    * ``wrong``: those of them that are not right; ``undecidable``: those that stay wrong whatever the reviewer looks
      at, because the truth of the step is not among the lines, the hypotheses and the runners-up.
    * ``asked``: questions that the engine asked. ``looks``: every step with a line or a question.
    """

    lines: int
    wrong: int
    undecidable: int
    asked: int
    looks: tuple[Look, ...]


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the last of an account walking out to its receipt; ``asked``: a question concerned it."""

    after_s: float
    asked: bool


class ReceiptScore(msgspec.Struct, frozen=True, kw_only=True):
    """The accounts that left, staff apart.

    * ``exact``: bills, adjustments included, that are what the account left with, units by SKU; no receipt is a wrong
      one. ``exact_reviewed``: so, had a perfect reviewer answered every question the engine asked.
    * ``touched``: accounts that a question named with at least 5 %, so that the receipt had to wait.
    * ``units``: units by account and SKU: left with, billed, and the lesser of the two.
    """

    exact: Share
    exact_reviewed: Share
    touched: Share
    units: Counts
    exits: tuple[Exit, ...]


class FloorScore(msgspec.Struct, frozen=True, kw_only=True):
    """Places of people on the floor as IDF1 counts them, and identity switches."""

    identities: Counts
    id_switches: int


class ReferenceScore(msgspec.Struct, frozen=True, kw_only=True):
    """The reference method by the same rules: ``units`` as of movements, ``cart_units`` as of receipts."""

    units: Counts
    cart_units: Counts


class TrialScore(msgspec.Struct, frozen=True, kw_only=True):
    """How well one trial went; the scores of many trials pool."""

    scenario: str
    seed: int
    level: Level
    evidence: Evidence
    simulated_s: float
    cpu_s: float
    movements: MovementScore
    review: ReviewScore
    receipts: ReceiptScore
    floor: FloorScore
    reference: ReferenceScore
    mistakes: tuple[Mistake, ...]
