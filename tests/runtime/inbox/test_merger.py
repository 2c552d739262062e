"""The order of facts, case by case; arrival times are given, so nothing waits."""

from engine.domain import LateFact, Recorded
from engine.runtime.inbox import Merger
from tests.runtime.build import MS, passed, recorded, seen, settled


def instants_ms(batch: list[Recorded]) -> list[int]:
    return [entry.fact.t_ns // MS for entry in batch]


def test_a_fact_waits_for_its_budget_and_no_longer() -> None:
    merger = Merger()
    merger.offer(recorded(settled(100)), 110 * MS)
    merger.offer(recorded(seen(90), source="perception-0"), 120 * MS)
    assert merger.next_due_ns() == 170 * MS
    assert instants_ms(merger.due(169 * MS)) == [90]  # both sources have said 90 or newer
    assert instants_ms(merger.due(170 * MS)) == [100]
    assert merger.next_due_ns() is None


def test_facts_of_two_sources_come_out_by_instant() -> None:
    merger = Merger()
    merger.offer(recorded(settled(100), seq=1), 101 * MS)
    merger.offer(recorded(seen(80), source="perception-0", seq=1), 130 * MS)
    merger.offer(recorded(seen(95), source="perception-0", seq=2), 131 * MS)
    assert instants_ms(merger.due(161 * MS)) == [80, 95, 100]


def test_everything_goes_at_once_when_all_sources_are_past_it() -> None:
    merger = Merger()
    merger.offer(recorded(settled(100)), 101 * MS)
    merger.offer(recorded(seen(105), source="perception-0"), 106 * MS)
    assert instants_ms(merger.due(106 * MS)) == [100]


def test_a_silent_source_is_not_waited_for() -> None:
    merger = Merger()
    merger.offer(recorded(passed(10), source="doors"), 10 * MS)
    merger.due(100 * MS)
    merger.offer(recorded(settled(2000)), 2001 * MS)
    assert instants_ms(merger.due(2001 * MS)) == [2000]


def test_the_same_instant_is_ordered_by_source_then_number() -> None:
    merger = Merger()
    for source, seq in (("b", 2), ("b", 1), ("a", 9)):
        merger.offer(recorded(settled(5), source=source, seq=seq), 5 * MS)
    assert [(entry.source, entry.seq) for entry in merger.due(65 * MS)] == [("a", 9), ("b", 1), ("b", 2)]


def test_a_late_weight_is_delivered_with_its_own_instant() -> None:
    merger = Merger()
    merger.offer(recorded(seen(5000), source="perception-0"), 5000 * MS)
    merger.due(5100 * MS)
    merger.offer(recorded(settled(100)), 5200 * MS)
    (entry,) = merger.due(5300 * MS)
    assert entry.fact == settled(100)


def test_a_late_picture_becomes_a_late_fact() -> None:
    merger = Merger()
    merger.offer(recorded(seen(5000), source="perception-0"), 5000 * MS)
    merger.due(5100 * MS)
    merger.offer(recorded(seen(4600), source="perception-1", seq=1), 5100 * MS)
    merger.offer(recorded(seen(4000), source="perception-1", seq=2), 5100 * MS)
    late, lagging = merger.due(5200 * MS)
    assert late.fact == LateFact(t_ns=4000 * MS, source="perception-1", late_by_ns=1000 * MS, what="PersonsSeen")
    assert (lagging.fact.t_ns, merger.late) == (4600 * MS, 1)


def test_lossless_facts_of_one_source_never_overtake_one_another() -> None:
    merger = Merger()
    merger.offer(recorded(settled(200), seq=1), 210 * MS)
    merger.offer(recorded(settled(150), seq=2), 211 * MS)
    assert [entry.seq for entry in merger.due(300 * MS)] == [1, 2]


def test_flush_hands_out_what_is_held() -> None:
    merger = Merger()
    merger.offer(recorded(seen(90), source="perception-0"), 100 * MS)
    merger.offer(recorded(settled(80)), 100 * MS)
    assert instants_ms(merger.flush()) == [80, 90]
