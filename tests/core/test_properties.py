"""What holds for any trade: carts fold, nothing is lost or counted twice, order and restarts do not matter."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core import StoreCore
from engine.domain import (
    CaseResolved,
    InputFact,
    NeedsReview,
    OutputFact,
    Picked,
    PutBack,
    PutElsewhere,
    Stocked,
    WeightSettled,
)
from tests.build import (
    MASS_G,
    answer,
    body,
    carts,
    hand_in,
    in_time,
    ns,
    play,
    provisional,
    reach,
    settled,
    small_store,
    tick,
)

STORE = small_store(gates=False)
PLATES = tuple(f"s{shelf}p{plate}" for shelf in (1, 2) for plate in range(1, 7))
ROOT = Path(__file__).parents[2]


class Act(msgspec.Struct, frozen=True):
    """One reach: who, where, what weight changes by, whether a first answer comes, how late each source is."""

    who: str
    plate_id: str
    grams: float
    answered: bool
    hands_late_s: float
    scales_late_s: float


def acts() -> st.SearchStrategy[list[Act]]:
    """Picks and puts of whole units, now and then something that fits nothing."""
    whole = st.tuples(st.sampled_from(sorted(MASS_G.values())), st.sampled_from([-3, -2, -1, -1, -1, 1, 1, 2]))
    grams = st.one_of(whole.map(lambda unit: unit[0] * unit[1]), st.sampled_from([-237.0, 55.0, -20.0]))
    act = st.builds(
        Act,
        who=st.sampled_from(["ann", "bob"]),
        plate_id=st.sampled_from(PLATES),
        grams=grams,
        answered=st.booleans(),
        hands_late_s=st.floats(0, 0.15),
        scales_late_s=st.floats(0, 0.1),
    )
    return st.lists(act, min_size=1, max_size=7)


def trade(deeds: list[Act], *, late: bool = False, every_s: float = 4.0) -> list[InputFact]:
    """The facts of some acts, one after another; ``late`` lets the sources lag as each act says."""
    stamped: list[tuple[int, InputFact]] = []
    for number, deed in enumerate(deeds, start=1):
        start_s = every_s * number
        shelf_id, plates_g = deed.plate_id[:2], {deed.plate_id: deed.grams}
        scales: list[InputFact] = [settled(shelf_id, start_s, plates_g)]
        if deed.answered:
            scales.append(provisional(shelf_id, start_s, plates_g))
        other = body("bob" if deed.who == "ann" else "ann", at_m=(2.5, 2.5))
        hands = reach(STORE, deed.who, deed.plate_id, start_s, others=[other])
        stamped += [(f.t_ns + ns(deed.scales_late_s) * late, f) for f in scales]
        stamped += [(f.t_ns + ns(deed.hands_late_s) * late, f) for f in hands]
    stamped.append((ns(every_s * (len(deeds) + 1)), tick(every_s * (len(deeds) + 1))))
    return [fact for _, fact in sorted(stamped, key=lambda pair: pair[0])]


def crowded(deeds: list[Act]) -> list[InputFact]:
    """The same acts with both shoppers' hands at the plate, so that much is doubtful."""
    facts: list[InputFact] = []
    for number, deed in enumerate(deeds, start=1):
        start_s = 4.0 * number
        beside = body("bob" if deed.who == "ann" else "ann", hands=[hand_in(STORE, deed.plate_id, off_m=0.05)])
        facts += reach(STORE, deed.who, deed.plate_id, start_s, others=[beside])
        facts += [settled(deed.plate_id[:2], start_s, {deed.plate_id: deed.grams}), tick(start_s + 1.9)]
    return in_time(facts)


def encoded(facts: list[OutputFact]) -> bytes:
    """Facts as bytes."""
    return b"\n".join(msgspec.json.encode(fact) for fact in facts)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(deeds=acts())
def test_carts_fold_and_never_go_below_zero(deeds: list[Act]) -> None:
    core, said = StoreCore(STORE), list[OutputFact]()
    for fact in trade(deeds):
        said += play(core, [fact])
        assert all(units > 0 for cart in carts(said).values() for units in cart.values())
    assert carts(core.standing_facts()) == carts(said)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(deeds=acts())
def test_every_settled_step_ends_in_exactly_one_way(deeds: list[Act]) -> None:
    core, facts = StoreCore(STORE), trade(deeds)
    said = play(core, facts)
    standing = core.standing_facts()
    for step in (f for f in facts if isinstance(f, WeightSettled)):
        lines = {
            f.line_id
            for f in standing
            if isinstance(f, Picked | PutBack | PutElsewhere) and f.step_id == step.step_id and f.settled
        }
        cases = {f.case_id for f in standing if isinstance(f, NeedsReview) and f.step_id == step.step_id}
        stocked = [f for f in said if isinstance(f, Stocked) and f.step_id == step.step_id]
        noise = abs(step.mass_mg) < 0.4 * 1000 * min(
            MASS_G[STORE.facing_of_plate[p.plate_id].sku_id] for p in step.plates
        )
        assert bool(lines) + len(cases) + len(stocked) == 1 or (noise and not lines and not cases)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(deeds=acts())
def test_sources_that_lag_lead_to_the_same_carts(deeds: list[Act]) -> None:
    prompt, lagging = StoreCore(STORE), StoreCore(STORE)
    assert carts(play(prompt, trade(deeds))) == carts(play(lagging, trade(deeds, late=True)))


@settings(max_examples=30, deadline=None, derandomize=True)
@given(deeds=acts(), share=st.floats(0, 1))
def test_a_checkpoint_anywhere_and_the_tail_equal_the_whole(deeds: list[Act], share: float) -> None:
    facts = trade(deeds, late=True, every_s=1.4)
    whole, cut = StoreCore(STORE), round(share * len(facts))
    expected = play(whole, facts)
    before = StoreCore(STORE)
    head = play(before, facts[:cut])
    after = StoreCore.restore(STORE, before.checkpoint())
    assert encoded(head + play(after, facts[cut:])) == encoded(expected)
    assert after.checkpoint() == whole.checkpoint()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(deeds=acts(), data=st.data())
def test_shelf_facts_near_each_other_may_come_in_any_order(deeds: list[Act], data: st.DataObject) -> None:
    deed = deeds[0]
    facts = trade([deed])
    tail = facts.pop()
    shuffled = data.draw(st.permutations([f for f in facts if f.t_ns >= ns(4)]))
    early = [f for f in facts if f.t_ns < ns(4)]
    straight = carts(play(StoreCore(STORE), [*facts, tail]))
    assert carts(play(StoreCore(STORE), [*early, *shuffled, tail])) == straight


@settings(max_examples=30, deadline=None, derandomize=True)
@given(deeds=acts(), data=st.data())
def test_whatever_reviewers_answer_carts_stay_sound(deeds: list[Act], data: st.DataObject) -> None:
    core, said = StoreCore(STORE), list[OutputFact]()
    for number, fact in enumerate(crowded(deeds)):
        said += play(core, [fact])
        for case in [f for f in core.standing_facts() if isinstance(f, NeedsReview)][:1]:
            who = data.draw(st.sampled_from(["ann", "bob", None]))
            sku = data.draw(st.sampled_from([*MASS_G, None]))
            given_answer = answer(1000.0 + number, case.case_id, who, sku, data.draw(st.integers(-2, 3)))
            accepted = core.refusal(given_answer.command) == ""
            answered = play(core, [msgspec.structs.replace(given_answer, t_ns=fact.t_ns)])
            assert any(isinstance(f, CaseResolved) for f in answered) == accepted
            said += answered
        assert all(units > 0 for cart in carts(said).values() for units in cart.values())
    assert carts(core.standing_facts()) == carts(said)


def test_repeats_change_nothing() -> None:
    facts = trade([Act("ann", "s1p1", -420.0, True, 0.0, 0.0)])
    scales = [f for f in facts if isinstance(f, WeightSettled)]
    core = StoreCore(STORE)
    play(core, facts)
    assert play(core, scales) == []


def fixed_trade_digest() -> str:
    """What one long trade leads to, as one hash."""
    deeds = [
        Act(who, plate_id, MASS_G[sku] * units, units < 0, 0.05, 0.02)
        for who, plate_id, sku, units in (
            ("ann", "s1p1", "beans", -1),
            ("bob", "s1p3", "rice", -2),
            ("ann", "s2p5", "beans", 1),
            ("bob", "s2p5", "beans", -1),
            ("bob", "s1p6", "tea", -3),
            ("ann", "s2p3", "soup", -1),
            ("ann", "s2p4", "soup", 1),
            ("bob", "s2p2", "oats", 2),
        )
    ]
    core = StoreCore(STORE)
    said = play(core, trade(deeds, late=True))
    return hashlib.sha256(encoded(said) + core.checkpoint()).hexdigest()


def test_hash_seeds_make_no_difference() -> None:
    code = "from tests.core.test_properties import fixed_trade_digest; print(fixed_trade_digest())"
    digests = {
        subprocess.run(  # our own interpreter, fixed code
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "4711")
    }
    assert digests == {fixed_trade_digest()}


def test_foreign_bytes_are_no_checkpoint() -> None:
    for data in (b"", b"\x00", msgspec.msgpack.encode({"version": 99})):
        with pytest.raises(ValueError, match="checkpoint of version"):
            StoreCore.restore(STORE, data)
