"""Whatever people do, every item is in exactly one place, and the plates have felt all that moved."""

import random
from collections import Counter
from pathlib import Path

import pytest

from drivers.twin.scenario import World, rehearse
from engine.domain import Store
from tests.twin.scenario.scripts import Keys, act, begun, person, written

PEOPLE = ("anna", "ben", "cleo", "dora")
STAFF = "dora"
ENOUGH = 8  # of an SKU, for all: who comes late must find what they want
SKUS = ("cola", "honey", "kidney-beans", "chickpeas", "olive-oil", "wine-gums", "passata")
PLATES = ("A-1-2", "A-3-3", "A-4-6", "B-2-5", "B-5-1", "B-3-4")


class Script:
    """Random valid parts: nobody leaves before everybody is done, and nobody waits for who comes after them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._dropped: Counter[str] = Counter()
        sku = self._chance.choice(SKUS)
        self._taken = Counter({sku: len(PEOPLE)})
        self.people = [self._part(number, name, sku) for number, name in enumerate(PEOPLE)]

    def _part(self, number: int, name: str, together: str) -> str:
        has: Counter[str] = Counter({together: 1})
        link = {"with": "start"} if number else {"label": "start"}
        actions = [act("take", sku=together, hand=self._chance.choice(["left", "right"]), **link)]
        actions += [action for _ in range(5) for action in self._some(number, name, has)]
        actions.append(act("wait", for_s=0, label=f"{name} is done"))
        actions += [act("wait", for_s=0, after=f"{other} is done") for other in PEOPLE if other != name]
        return person(name, *actions, enters_s=[0, 12], **({"staff": True} if name == STAFF else {}))

    def _some(self, number: int, name: str, has: Counter[str]) -> list[Keys]:
        chance = self._chance
        sku, plate, hand = chance.choice(SKUS), chance.choice(PLATES), chance.choice(["left", "right"])
        close = chance.random() < 0.4
        free: list[Keys] = [
            act("take", sku=sku, count=2, hand="both", at_once=chance.random() < 0.5, close=close),
            act("lift", sku=sku, close=close, hand=hand),
            act("swap", sku=sku, other=chance.choice([other for other in SKUS if other != sku])),
            act("rest", plate=plate, for_s=[0.5, 3], hand=hand, close=close),
            act("lean", plate=plate, for_s=1),
            act("crouch", for_s=2),
        ]
        if name == STAFF and chance.random() < 0.5:
            return [act("take", sku="passata"), act("restock", sku="passata")]
        mine = +has
        if not mine or chance.random() < 0.4:
            self._taken[sku] += 2
            action = chance.choice(free if self._taken[sku] <= ENOUGH else free[1:])
            has[sku] += 2 if action["do"] == "take" else 0
            return [action]
        sku = chance.choice(sorted(mine))
        return self._with_goods(number, sku, has, hand)

    def _with_goods(self, number: int, sku: str, has: Counter[str], hand: str) -> list[Keys]:
        do = self._chance.choice(["put_back", "put_on", "hand_over", "drop", "leave_at_gate", "pick_up", "hold"])
        match do:
            case "pick_up" if +self._dropped:
                sku = self._chance.choice(sorted(+self._dropped))
                self._dropped[sku] -= 1
                has[sku] += 1
                return [act(do, sku=sku, hand=hand)]
            case "hold" | "pick_up":
                return [act("hold", sku=sku, for_s=1, hand=hand)]
        has[sku] -= 1
        self._dropped[sku] += do in ("drop", "leave_at_gate")
        keys: Keys = {}
        if do == "put_on":
            keys = {"plate": self._chance.choice(PLATES)}
        elif do == "hand_over":
            keys = {"to": self._chance.choice([name for name in PEOPLE if name != PEOPLE[number]])}
        return [act(do, sku=sku, hand=hand, **keys)]


def check_places(world: World) -> None:
    """On a plate, on the floor or with somebody: one of them, and whoever asks is told the same."""
    standing = [item for plate in world.store.plates for item in world.goods.on_plate(plate.plate_id)]
    carried = [item for shopper in world.shoppers for item in shopper.carried]
    here = Counter(item.item_id for item in [*standing, *world.goods.floor, *carried])
    present = {shopper.number for shopper in world.shoppers}
    assert all(count == 1 for count in here.values())
    for item in world.goods.items:
        assert (item.plate_id is not None) + (item.holder is not None) + (item in world.goods.floor) == 1
        assert (item.item_id in here) is (item.holder is None or item.holder in present)
        assert item.plate_id is None or item in world.goods.on_plate(item.plate_id)
    for shopper in world.shoppers:
        assert all(item.holder == shopper.number for item in shopper.carried)
        assert all(hand.item is None or hand.item in shopper.carried for _, hand in shopper.hands)


def check_plates(world: World, at_first: World) -> None:
    for plate in world.store.plates:
        stood_g, stands_g = (sum(i.mass_g for i in each.goods.on_plate(plate.plate_id)) for each in (at_first, world))
        moved_g = sum(contact.mass_g for contact in world.contacts if contact.plate_id == plate.plate_id)
        assert stands_g - stood_g == pytest.approx(moved_g, abs=1e-6)


def check_deeds(world: World) -> None:
    """What lies on each account is what was taken from shelves on it and not put back on any."""
    told: Counter[int] = Counter()
    for truth in world.truths:
        told[truth.shopper] += (truth.deed == "pick") - (truth.deed == "put")
    held = Counter(item.account for item in world.goods.items if item.account is not None)
    assert +told == held


@pytest.mark.parametrize("seed", range(8))
def test_a_random_script_conserves_every_item(demo: Store, tmp_path: Path, seed: int) -> None:
    people = Script(seed).people
    rehearse(written(tmp_path, *people), demo, seed=seed)
    world, at_first = (begun(tmp_path, demo, *people, seed=seed) for _ in range(2))
    while not world.over:
        world.advance(world.t_s + 1.0)
        check_places(world)
        check_deeds(world)
    check_plates(world, at_first)
