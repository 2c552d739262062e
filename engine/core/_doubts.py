"""Steps of which it is not sure what they were, and what all of them may have been together.

A unit that one step may have brought back cannot be brought back by the next: what was doubtful when it happened is
often plain when the next step is told. So each doubtful step keeps its explanations, and steps that bear on each other
share their guesses: a guess takes one explanation of each. A later step weighs every guess by how well it is itself
explained where that guess is true (Bayes' rule); guesses that come to nothing are dropped. This is multiple
hypothesis tracking (Reid, 1979), of carts and shelves instead of tracks.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec
from msgspec.structs import replace

from engine.core._attribution import Explanation, Move
from engine.core._hands import Suspect
from engine.domain import PlateId, StepId, Verdict, VisitId, WeightSettled

_CERTAIN_PPM = 1_000_000
_SURE_PPM = 998_000
"""From then on a step counts as known: later evidence will not turn it."""
_WORTH_PPM = 2_000
_OPTIONS, _GUESSES, _STEPS = 6, 12, 5
_LIKE = 0.06
"""What weighs so much the same may be taken for each other."""
_KEPT_NS = 900_000_000_000


class Doubt(msgspec.Struct, kw_only=True):
    """A step, and what it may have been."""

    step: WeightSettled
    suspects: tuple[Suspect, ...]
    options: list[Explanation]


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """One explanation of each step, by its number, and how likely it is that all of them are true."""

    choices: tuple[int, ...]
    ppm: int


class Thread(msgspec.Struct, kw_only=True, dict=True):
    """Doubtful steps that bear on each other, in the order in which they settled; the guesses, the likeliest first."""

    doubts: list[Doubt]
    guesses: list[Guess]

    @cached_property
    def strange(self) -> frozenset[PlateId]:
        """The plates on which a movement would leave a stranger, or from which it would take one."""
        return frozenset(p for move in self._moves() if move.spot.sku_id != move.sku_id for p in move.spot.plate_ids)

    @cached_property
    def units_mg(self) -> Mapping[VisitId | None, tuple[float, ...]]:
        """What a unit weighs of whatever each visit may have taken, or given back, by one of the movements."""
        found: dict[VisitId | None, set[float]] = {}
        for move in self._moves():
            found.setdefault(move.visit_id, set()).add(move.mass.mean_mg / max(1, abs(move.quantity)))
        return {visit_id: tuple(units_mg) for visit_id, units_mg in found.items()}

    def _moves(self) -> Iterator[Move]:
        return (move for doubt in self.doubts for option in doubt.options for move in option.moves)

    def bears(self, step: WeightSettled, visits: set[VisitId]) -> bool:
        """Whether a step may tell of it: it touches a stranger, or puts down what may be of what ``visits`` have."""
        if any(plate.plate_id in self.strange for plate in step.plates):
            return True
        return step.mass_mg > 0 and any(
            abs(step.mass_mg - unit_mg) < _LIKE * unit_mg
            for visit_id in self.units_mg.keys() & visits
            for unit_mg in self.units_mg[visit_id]
        )

    def explanations(self, at: int) -> tuple[Explanation, ...]:
        """What one step may have been over all guesses: first what the likeliest guess takes, then by probability."""
        ppm: dict[int, int] = {}
        for guess in self.guesses:
            ppm[guess.choices[at]] = ppm.get(guess.choices[at], 0) + guess.ppm
        first = self.guesses[0].choices[at]
        order = sorted(ppm, key=lambda option: (option != first, -ppm[option], option))
        options = self.doubts[at].options
        return tuple(replace(options[option], probability_ppm=min(_CERTAIN_PPM, ppm[option])) for option in order)

    def extended(self, doubt: Doubt, by_guess: Sequence[tuple[Explanation, ...]]) -> "Thread":
        """With one more step, and its explanations where each of the guesses is true."""
        weights: dict[tuple[int, ...], float] = {}
        number: dict[tuple[tuple[str, str, int], ...], int] = {}
        evidence = [explanations[0].log_evidence for explanations in by_guess]
        for guess, explanations, log_evidence in zip(self.guesses, by_guess, evidence, strict=True):
            for explanation in explanations[:_OPTIONS]:
                option = number.setdefault(explanation.key, len(number))
                if option == len(doubt.options):
                    doubt.options.append(explanation)
                share = guess.ppm * explanation.probability_ppm / _CERTAIN_PPM
                weights[*guess.choices, option] = share * math.exp(log_evidence - max(evidence))
        return Thread(doubts=[*self.doubts, doubt], guesses=_likeliest(weights))

    def given(self, at: int, verdict: Verdict) -> "Thread | None":
        """Where one step is known to have been this; None where no guess took it for that."""
        weights = {
            guess.choices: float(guess.ppm)
            for guess in self.guesses
            if _is(self.doubts[at].options[guess.choices[at]], verdict)
        }
        return Thread(doubts=self.doubts, guesses=_likeliest(weights)) if weights else None

    def without(self, keep: Sequence[int]) -> "Thread":
        """With only these steps; what was doubtful about the others is summed up."""
        weights: dict[tuple[int, ...], float] = {}
        for guess in self.guesses:
            choices = tuple(guess.choices[at] for at in keep)
            weights[choices] = weights.get(choices, 0.0) + guess.ppm
        return Thread(doubts=[self.doubts[at] for at in keep], guesses=_likeliest(weights))

    def trimmed(self) -> "Thread":
        """Without the steps that are known by now, and the oldest of too many."""
        keep = [at for at in range(len(self.doubts)) if self.explanations(at)[0].probability_ppm < _SURE_PPM]
        return self.without(keep[-_STEPS:])


class Doubts(msgspec.Struct, kw_only=True):
    """All threads."""

    threads: list[Thread] = []

    def begin(self, step: WeightSettled, suspects: tuple[Suspect, ...], explanations: Sequence[Explanation]) -> None:
        """Keep a step in mind whose explanation is not sure."""
        options = list(explanations[:_OPTIONS])
        if options[0].probability_ppm < _SURE_PPM:
            guesses = [Guess(choices=(at,), ppm=option.probability_ppm) for at, option in enumerate(options)]
            doubt = Doubt(step=step, suspects=suspects, options=options)
            self.threads.append(Thread(doubts=[doubt], guesses=guesses))

    def take(self, step: WeightSettled, visits: set[VisitId]) -> Thread | None:
        """The threads on which a step bears, as one; they are begun anew by whoever takes them."""
        bearing = [thread for thread in self.threads if thread.bears(step, visits)]
        self.threads = [thread for thread in self.threads if all(thread is not other for other in bearing)]
        return _joined(bearing) if bearing else None

    def of_step(self, step_id: StepId) -> tuple[Thread, int] | None:
        """The thread that a step is in, and at which place."""
        places = ((t, at) for t in self.threads for at, d in enumerate(t.doubts) if d.step.step_id == step_id)
        return next(places, None)

    def known(self, step_ids: Iterable[StepId]) -> None:
        """These steps are decided for good: by a person, or because nothing was taken."""
        gone = set(step_ids)
        threads: list[Thread] = []
        for thread in self.threads:
            left = [at for at, doubt in enumerate(thread.doubts) if doubt.step.step_id not in gone]
            if left:
                threads.append(thread if len(left) == len(thread.doubts) else thread.without(left))
        self.threads = threads

    def forget(self, *, now_ns: int) -> None:
        """Drop what is long over."""
        self.known(d.step.step_id for t in self.threads for d in t.doubts if d.step.t_ns < now_ns - _KEPT_NS)


def _is(option: Explanation, verdict: Verdict) -> bool:
    """Whether a verdict says the same as an explanation of one movement, or that there was none."""
    said = [(move.visit_id, move.sku_id, move.quantity) for move in option.moves if move.visit_id is not None]
    truth = (verdict.visit_id, verdict.sku_id, verdict.quantity)
    return said == ([truth] if verdict.visit_id is not None and verdict.quantity else [])


def _joined(threads: Sequence[Thread]) -> Thread:
    """Threads that had nothing to do with each other, as one."""
    joined = threads[0]
    for other in threads[1:]:
        weights = {
            (*a.choices, *b.choices): a.ppm * b.ppm / _CERTAIN_PPM for a in joined.guesses for b in other.guesses
        }
        joined = Thread(doubts=[*joined.doubts, *other.doubts], guesses=_likeliest(weights))
    return joined


def _likeliest(weights: Mapping[tuple[int, ...], float]) -> list[Guess]:
    """The guesses that are worth keeping, normalised."""
    order = sorted(weights, key=lambda choices: (-weights[choices], choices))[:_GUESSES]
    total = sum(weights[choices] for choices in order)
    guesses = [Guess(choices=choices, ppm=round(_CERTAIN_PPM * weights[choices] / total)) for choices in order]
    return [guess for guess in guesses if guess.ppm >= _WORTH_PPM]
