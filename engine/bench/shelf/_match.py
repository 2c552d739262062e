"""What the estimators said against what hands did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drivers.twin.scenario import Contact
from engine.bench.shelf._hands import RAMP_S
from engine.domain import StepId, WeightProvisional, WeightSettled
from engine.shelving import ShelfFact

SAME_S = 0.3
"""A step is about a movement of its plate that it starts this close to."""
# Two movements are told apart when each is a step of its own that starts this close and weighs so much, about.
_APART_S, _APART_SHARE = 0.1, 0.2


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A settled step that changed something, and when it was first heard of."""

    step: WeightSettled
    first_ns: int | None  # None: not before it was settled

    @property
    def starts_s(self) -> float:
        """Its start, in seconds."""
        return self.step.start_ns / 1e9

    def is_near(self, contact: Contact, *, within_s: float) -> bool:
        """Whether it may be this movement: of its plate, at its time."""
        plates = {part.plate_id for part in self.step.plates}
        return contact.plate_id in plates and abs(self.starts_s - began_s(contact)) <= within_s

    def is_alike(self, contact: Contact) -> bool:
        """Whether it is this movement and no other beside it."""
        off_g = abs(self.step.mass_mg / 1000 - contact.mass_g)
        near = self.is_near(contact, within_s=_APART_S)
        return near and len(self.step.plates) == 1 and off_g <= _APART_SHARE * abs(contact.mass_g)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A movement that was told."""

    contact: Contact
    said: Movement

    @property
    def off_g(self) -> float:
        """How wrong the grams are."""
        return abs(self.said.step.mass_mg / 1000 - self.contact.mass_g)

    @property
    def provisional_ms(self) -> float | None:
        """From the end of contact, or its beginning, to the first answer."""
        return None if self.said.first_ns is None else self.said.first_ns / 1e6 - 1000 * self.contact.t_s

    @property
    def settled_ms(self) -> float:
        """So to the last answer."""
        return self.said.step.t_ns / 1e6 - 1000 * self.contact.t_s


def began_s(contact: Contact) -> float:
    """The middle of the ramp."""
    return contact.t_s - RAMP_S / 2


def movements(facts: Iterable[ShelfFact]) -> list[Movement]:
    """The settled steps that changed something, in order."""
    first_ns: dict[StepId, int] = {}
    found = []
    for fact in facts:
        if isinstance(fact, WeightProvisional):
            first_ns.setdefault(fact.step_id, fact.t_ns)
        elif isinstance(fact, WeightSettled) and fact.plates:
            found.append(Movement(step=fact, first_ns=first_ns.get(fact.step_id)))
    return sorted(found, key=lambda one: one.step.start_ns)


def pair(contacts: Sequence[Contact], told: Sequence[Movement], *, within_s: float = SAME_S) -> list[Found]:
    """Every movement with the nearest step about it that is not taken; each step is about one movement."""
    near: dict[str, list[Movement]] = {}
    for one in told:
        for part in one.step.plates:
            near.setdefault(part.plate_id, []).append(one)
    taken: set[StepId] = set()
    found = []
    for contact in sorted(contacts, key=lambda one: one.t_s):
        free = [
            one
            for one in near.get(contact.plate_id, [])
            if one.step.step_id not in taken and one.is_near(contact, within_s=within_s)
        ]
        if free:
            said = min(free, key=lambda one: abs(one.starts_s - began_s(contact)))
            taken.add(said.step.step_id)
            found.append(Found(contact=contact, said=said))
    return found


def are_apart(first: Contact, second: Contact, told: Sequence[Movement]) -> bool:
    """Whether exactly two of these steps are about the plates of two movements, and each is one of the two."""
    plates = {first.plate_id, second.plate_id}
    about = [
        one
        for one in told
        if plates & {part.plate_id for part in one.step.plates} and first.t_s - 1 < one.starts_s < second.t_s + 1
    ]
    return len(about) == 2 and about[0].is_alike(first) and about[1].is_alike(second)
