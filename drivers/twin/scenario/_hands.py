"""What hands do: they reach out, and what they came for changes hands at its instant.

A hand that has begun tells the plates at once what it will do to them (``Contact``), so that whoever samples a plate
between two steps of the world feels it at its true time.
"""

import math

import numpy as np

from drivers.twin.scenario._errands import Drop, Give, LeaveAtGate, PickUp, Side, Task, TaskKind
from drivers.twin.scenario._goods import Goods, Item
from drivers.twin.scenario._places import front_edge
from drivers.twin.scenario._shopper import DWELL_S, EXTEND_S, HOLD_S, WITHDRAW_S, Act, Shopper, Stroke
from drivers.twin.scenario._truth import Chronicle, Contact, Deed
from engine.domain import PlateId, Point2, SkuId, Store, Vector3

_HOLD_OF_IT_S = 0.22  # from the hand's touch to the item leaving, or gaining, contact
_TOUCH_G = (15.0, 60.0)
# A hand weighs .6 % and a hand with its forearm 2.2 % of a body (de Leva 1996): .4 and 1.6 kg of 70.
_REST_G = (250.0, 600.0)
# Both forearms and a part of the trunk: an assumption, between the weight of two arms and what a shelf would bear.
_LEAN_G = (1500.0, 4000.0)
_LEAN_SHARES = (0.25, 0.5, 0.25)  # on the plate to the left, the one leant on, the one to the right
_LEAN_ARMS_M = 0.2
_FALL_M = 0.3  # how far before the feet a dropped item comes to lie
_WAIST_M = 0.8
_HANDS_MEET_M = 1.05
_ACTS = {
    TaskKind.PICK: Act.TAKE,
    TaskKind.LIFT: Act.LIFT,
    TaskKind.BROWSE: Act.TOUCH,
    TaskKind.PUT: Act.SET_DOWN,
    TaskKind.STOCK: Act.SET_DOWN,
    TaskKind.REST: Act.REST,
    TaskKind.LEAN: Act.LEAN,
}
_DEEDS = {
    Act.TOUCH: Deed.TOUCH,
    Act.REST: Deed.REST,
    Act.LEAN: Deed.LEAN,
    Act.DROP: Deed.DROP,
    Act.LAY_DOWN: Deed.ABANDON,
    Act.PICK_UP: Deed.PICK_UP,
    Act.GIVE: Deed.HAND_OVER,
}


class Hands:
    """Begins the reaches of everybody's hands and carries them on."""

    def __init__(self, store: Store, goods: Goods, chronicle: Chronicle, rng: np.random.Generator) -> None:
        self._store = store
        self._goods = goods
        self._chronicle = chronicle
        self._rng = rng

    def reserve(self, shopper: Shopper, task: Task) -> bool:
        """Keep what the task will take from a plate until the hand is there; False when there is none."""
        if task.kind not in (TaskKind.PICK, TaskKind.LIFT):
            return True
        for _ in range(2 if task.both else 1):
            item = self._goods.foremost(task.plate_id, task.sku_id)
            if item is None:
                self._release(shopper)
                return False
            self.reserve_item(shopper, item)
        return True

    def reserve_item(self, shopper: Shopper, item: Item) -> None:
        """Keep one item until the hand is there."""
        item.reserved = True
        shopper.reserved.append(item)

    def begin(self, shopper: Shopper, task: Task, t_s: float) -> None:
        """Reach for a task at a plate; with both hands when it says so."""
        self._release(shopper)
        if task.kind is TaskKind.LEAN:
            self._lean(shopper, task, t_s)
            return
        self._reach(shopper, task, task.side, t_s)
        if task.both:
            self._reach(shopper, task, "left" if task.side == "right" else "right", t_s)

    def begin_at_floor(
        self, shopper: Shopper, errand: Drop | LeaveAtGate | PickUp, t_s: float, *, place_m: Point2
    ) -> None:
        """Let fall, lay down or pick up something at a point of the floor."""
        if isinstance(errand, PickUp):
            act, item = Act.PICK_UP, shopper.reserved[0]
            self._release(shopper)
            item.reserved = True
        else:
            act = Act.DROP if isinstance(errand, Drop) else Act.LAY_DOWN
            item = self._raise(shopper, errand.sku_id, errand.side)
        height_m = _WAIST_M if act is Act.DROP else self._grip_m(item.sku_id)
        target_m = (place_m[0], place_m[1], height_m)
        shopper.hand(errand.side).stroke = Stroke(act=act, begin_s=t_s, stay_s=DWELL_S, target_m=target_m, item=item)

    def drop_point(self, shopper: Shopper) -> Point2:
        """Where something dropped comes to lie."""
        return (
            shopper.x_m + _FALL_M * math.cos(shopper.yaw_rad),
            shopper.y_m + _FALL_M * math.sin(shopper.yaw_rad),
        )

    def begin_hand_over(self, giver: Shopper, receiver: Shopper, give: Give, t_s: float) -> None:
        """Both reach out to the middle between them; the receiver with a hand that is empty."""
        item = self._raise(giver, give.sku_id, give.side)
        middle_m = ((giver.x_m + receiver.x_m) / 2, (giver.y_m + receiver.y_m) / 2, _HANDS_MEET_M)
        reach = Stroke(act=Act.GIVE, begin_s=t_s, stay_s=DWELL_S, target_m=middle_m, item=item, to=receiver.number)
        giver.hand(give.side).stroke = reach
        side: Side = "right" if receiver.right.item is None else "left"
        receiver.hand(side).stroke = Stroke(
            act=Act.RECEIVE, begin_s=t_s, stay_s=DWELL_S, target_m=middle_m, item=item, to=receiver.number
        )

    def move(self, shopper: Shopper, t_s: float) -> None:
        """One step of the hands under way."""
        for side, hand in shopper.hands:
            stroke = hand.stroke
            if stroke is None:
                continue
            since_s = t_s - stroke.begin_s
            # Instants are sums of steps: half a step of slack, and once only, whatever their last bits are.
            changes_s = EXTEND_S + _HOLD_OF_IT_S - 0.01
            if stroke.changes == 0 and since_s > changes_s:
                stroke.changes = 1
                self._change(shopper, side, stroke, t_s)
            elif stroke.changes == 1 and stroke.act is Act.LIFT and since_s > changes_s + stroke.stay_s - DWELL_S:
                stroke.changes = 2
                self._part_with(shopper, side, stroke)
                self._chronicle.tell(t_s, shopper, Deed.RETURN, stroke)
            if t_s >= stroke.end_s:
                hand.stroke = None

    def _reach(self, shopper: Shopper, task: Task, side: Side, t_s: float) -> None:
        item, target_m = self._aim(shopper, task, side)
        shopper.hand(side).stroke = Stroke(
            act=_ACTS[task.kind],
            begin_s=t_s,
            stay_s=DWELL_S + task.for_s,
            target_m=target_m,
            item=item,
            plate_id=task.plate_id,
        )
        self._touch(task, item, t_s)

    def _aim(self, shopper: Shopper, task: Task, side: Side) -> tuple[Item | None, Vector3]:
        """What a hand will move and where it grips."""
        plate_id = task.plate_id
        edge_m = front_edge(self._store.plate_by_id[plate_id], along_m=0.0)
        item: Item | None
        match task.kind:
            case TaskKind.REST:
                return None, edge_m
            case TaskKind.BROWSE:
                item = self._goods.foremost(plate_id, task.sku_id)
                return None, edge_m if item is None else self._grip(item, item.position_m)
            case TaskKind.PUT | TaskKind.STOCK:
                if task.kind is TaskKind.STOCK and task.sku_id is not None:
                    shopper.carried.append(self._goods.bring(task.sku_id, shopper.number))
                item = self._raise(shopper, task.sku_id, side)
                return item, self._grip(item, self._goods.await_on(plate_id, item))
            case _:
                item = self._goods.foremost(plate_id, task.sku_id)
                if item is None:
                    raise RuntimeError(f"{plate_id}: what shopper {shopper.number} reaches for is gone")
                item.reserved = True
                return item, self._grip(item, item.position_m)

    def _raise(self, shopper: Shopper, sku_id: SkuId | None, side: Side) -> Item:
        """Something taken before, now in the hand; what comes from the stockroom was brought last."""
        held = shopper.hand(side).item
        if held is None or held.sku_id != sku_id:
            held = next(item for item in reversed(shopper.carried) if item.sku_id == sku_id)
        shopper.show(side, held, until_s=math.inf)
        return held

    def _touch(self, task: Task, item: Item | None, t_s: float) -> None:
        touch_s = t_s + EXTEND_S
        if task.kind is TaskKind.REST:
            self._press(task.plate_id, touch_s, task.for_s, press_g=float(self._rng.uniform(*_REST_G)))
            return
        mass_g = 0.0 if item is None else item.mass_g
        changes = [(touch_s, mass_g if task.kind in (TaskKind.PUT, TaskKind.STOCK) else -mass_g)]
        if task.kind is TaskKind.LIFT:
            changes.append((touch_s + task.for_s, mass_g))
        for at_s, change_g in changes:
            self._chronicle.contacts.append(
                Contact(
                    touch_s=at_s,
                    ramp_s=0.08,
                    t_s=at_s + _HOLD_OF_IT_S,
                    plate_id=task.plate_id,
                    mass_g=change_g,
                    press_g=float(self._rng.uniform(*_TOUCH_G)),
                )
            )

    def _lean(self, shopper: Shopper, task: Task, t_s: float) -> None:
        plate = self._store.plate_by_id[task.plate_id]
        for side, hand in shopper.hands:
            # What is on a shopper's left is on the right of the plate, which looks at them.
            along_m = -_LEAN_ARMS_M if side == "left" else _LEAN_ARMS_M
            hand.stroke = Stroke(
                act=Act.LEAN,
                begin_s=t_s,
                stay_s=DWELL_S + task.for_s,
                target_m=front_edge(plate, along_m=along_m),
                plate_id=task.plate_id if side == "right" else None,  # one deed, not two
            )
        press_g = float(self._rng.uniform(*_LEAN_G))
        row = next(shelf.plate_ids for shelf in self._store.shelves if shelf.shelf_id == plate.shelf_id)
        at = row.index(task.plate_id)
        for offset, share in zip((-1, 0, 1), _LEAN_SHARES, strict=True):
            if 0 <= at + offset < len(row):
                self._press(row[at + offset], t_s + EXTEND_S, task.for_s, press_g=share * press_g)

    def _press(self, plate_id: PlateId, touch_s: float, for_s: float, *, press_g: float) -> None:
        self._chronicle.contacts.append(
            Contact(
                touch_s=touch_s,
                ramp_s=0.08,
                t_s=touch_s + DWELL_S + for_s,
                plate_id=plate_id,
                mass_g=0.0,
                press_g=press_g,
            )
        )

    def _change(self, shopper: Shopper, side: Side, stroke: Stroke, t_s: float) -> None:
        item = stroke.item
        match stroke.act:
            case Act.TAKE if item is not None:
                self._have(shopper, side, item, t_s)
                item.account = None if shopper.staff else shopper.account
                self._chronicle.tell(t_s, shopper, Deed.UNSTOCK if shopper.staff else Deed.PICK, stroke)
            case Act.LIFT if item is not None:
                self._goods.lift(item, shopper.number)
                shopper.carried.append(item)
                shopper.show(side, item, until_s=math.inf)
            case Act.SET_DOWN if item is not None:
                self._chronicle.tell(t_s, shopper, Deed.STOCK if item.account is None else Deed.PUT, stroke)
                self._part_with(shopper, side, stroke)
            case Act.DROP | Act.LAY_DOWN if item is not None:
                point_m = self.drop_point(shopper) if stroke.act is Act.DROP else stroke.target_m[:2]
                self._chronicle.tell(t_s, shopper, _DEEDS[stroke.act], stroke)
                self._goods.lay_down(item, point_m, yaw_rad=shopper.yaw_rad + math.pi)
                self._let_go(shopper, side, item)
            case Act.GIVE if item is not None:
                self._chronicle.tell(t_s, shopper, Deed.HAND_OVER, stroke)
                self._let_go(shopper, side, item)
            case Act.RECEIVE if item is not None:
                self._have(shopper, side, item, t_s)
            case Act.PICK_UP if item is not None:
                self._have(shopper, side, item, t_s)
                self._chronicle.tell(t_s, shopper, Deed.PICK_UP, stroke)
            case _ if stroke.plate_id is not None:
                self._chronicle.tell(t_s, shopper, _DEEDS[stroke.act], stroke)
            case _:
                pass

    def _have(self, shopper: Shopper, side: Side, item: Item, t_s: float) -> None:
        self._goods.take(item, shopper.number)
        shopper.carried.append(item)
        shopper.show(side, item, until_s=t_s + WITHDRAW_S + HOLD_S)

    def _part_with(self, shopper: Shopper, side: Side, stroke: Stroke) -> None:
        if stroke.item is not None:
            self._goods.set_down(stroke.item)
            self._let_go(shopper, side, stroke.item)

    def _let_go(self, shopper: Shopper, side: Side, item: Item) -> None:
        shopper.carried.remove(item)
        shopper.hand(side).item = None

    def _release(self, shopper: Shopper) -> None:
        for item in shopper.reserved:
            item.reserved = False
        shopper.reserved.clear()

    def _grip(self, item: Item, place: Vector3) -> Vector3:
        return place[0], place[1], place[2] + self._grip_m(item.sku_id)

    def _grip_m(self, sku_id: SkuId) -> float:
        return self._store.product_by_sku[sku_id].size_m[2] * 0.55
