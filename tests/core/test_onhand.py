"""What lies on a plate, in units: counted by the scales, except what the books know to be misplaced."""

from engine.core import StoreCore
from engine.domain import InputFact, PlateStock
from tests.build import baseline, bodies, body, in_time, ns, play, reach, settled, small_store, tick

STORE = small_store(gates=False)


def _after(*facts: InputFact) -> dict[str, PlateStock]:
    core = StoreCore(STORE)
    for shelf in STORE.shelves:
        play(core, [baseline(shelf.shelf_id, 0.5, dict.fromkeys(shelf.plate_ids, 0.0) | FULL_G[shelf.shelf_id])])
    play(core, facts)
    return {plate.plate_id: plate for shelf in core.stock(0).shelves for plate in shelf.plates}


FULL_G = {"s1": {"s1p1": 6 * 420.0 + 3, "s1p3": 4 * 1000.0, "s1p5": 6 * 80.0 + 170}, "s2": {"s2p3": 2 * 310.0}}


def _moved(plate_id: str, grams: float, t_s: float) -> list[InputFact]:
    hands = reach(STORE, "ann", plate_id, t_s)
    return in_time(hands, [settled(plate_id[:2], t_s, {plate_id: grams}), tick(t_s + 1.9)])


def test_a_plate_holds_what_is_planned_unless_its_weight_says_otherwise() -> None:
    plates = _after()
    assert (plates["s1p1"].units, plates["s1p1"].beside_mg) == (6, 0)
    assert (plates["s1p3"].units, plates["s1p2"].units) == (4, 0)
    assert plates["s1p5"].units == 6  # 170 g of tray are no two packets of tea
    assert plates["s1p1"].felt_ns == ns(0.5)


def test_a_pick_lowers_the_count_of_its_plate_only() -> None:
    plates = _after(bodies(0.9, body("ann")), *_moved("s1p1", -422.0, 2.0))
    assert (plates["s1p1"].units, plates["s1p3"].units) == (5, 4)
    assert -2000 < plates["s1p1"].beside_mg < 0  # the scales have taught part of the 2 g
    assert plates["s1p1"].felt_ns > ns(2)


def test_a_misplaced_unit_is_not_counted_as_one_of_the_plates_own() -> None:
    plates = _after(bodies(0.9, body("ann")), *_moved("s2p3", -310.0, 2.0), *_moved("s1p1", 310.0, 6.0))
    assert plates["s1p1"].units == 6
    assert [(other.sku_id, other.units) for other in plates["s1p1"].misplaced] == [("soup", 1)]
    assert plates["s2p3"].units == 1


def test_an_empty_plate_that_reads_a_little_less_than_nothing_holds_none() -> None:
    core = StoreCore(STORE)
    play(core, [baseline("s1", 0.5, {"s1p1": -260.0})])
    (plate,) = core.stock(0).shelves[0].plates
    assert (plate.units, plate.mass_mg) == (0, -260_000)
