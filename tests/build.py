"""Builders for tests: a small store, and the facts of people, scales and gates, in seconds and grams."""

from collections.abc import Iterable, Mapping, Sequence

from engine.core import StoreCore
from engine.domain import (
    BodiesTracked,
    BodyTracked,
    CaseId,
    CommandGiven,
    CommandId,
    ControllerId,
    EntryAuthorised,
    Facing,
    FacingId,
    Gate,
    GateId,
    GatePassed,
    Gondola,
    GondolaId,
    InputFact,
    LineId,
    LineWithdrawn,
    OutputFact,
    Passage,
    Picked,
    Plate,
    PlateId,
    PlateMass,
    Policy,
    Product,
    Promotion,
    PutBack,
    PutElsewhere,
    Recorded,
    ResolveCase,
    Shelf,
    ShelfBaseline,
    ShelfId,
    SkuId,
    StepId,
    Store,
    TaxClass,
    TaxClassId,
    Tick,
    Vector3,
    Verdict,
    VisitId,
    WeightProvisional,
    WeightSettled,
)

MASS_G = {"beans": 420.0, "rice": 1000.0, "tea": 80.0, "milk": 1030.0, "soup": 310.0, "oats": 505.0}
PLATE_M = 0.2
GATE = GateId("gate")


def ns(t_s: float) -> int:
    """Seconds as nanoseconds."""
    return round(t_s * 1e9)


def small_store(*, gates: bool = True, policy: Policy | None = None, promotions: tuple[Promotion, ...] = ()) -> Store:
    """Two shelves of six plates on one gondola at y = 0 that faces y > 0; two plates a product; a gate at x = -3."""
    shelves, plates, facings = [], [], []
    for level, skus in enumerate((("beans", "rice", "tea"), ("milk", "soup", "oats"))):
        shelf_id = ShelfId(f"s{level + 1}")
        ids = tuple(PlateId(f"{shelf_id}p{i + 1}") for i in range(6))
        shelves.append(Shelf(shelf_id=shelf_id, gondola_id=GondolaId("g"), plate_ids=ids))
        plates += [_plate(plate_id, shelf_id, channel=i, height_m=0.8 + 0.4 * level) for i, plate_id in enumerate(ids)]
        facings += [
            Facing(facing_id=FacingId(f"f {sku}"), sku_id=SkuId(sku), plate_ids=ids[2 * i : 2 * i + 2], units=12)
            for i, sku in enumerate(skus)
        ]
    return Store(
        name="small",
        currency="EUR",
        floor_m=((-4.0, -1.0), (4.0, -1.0), (4.0, 4.0), (-4.0, 4.0)),
        gates=(Gate(gate_id=GATE, left_m=(-3.0, 2.5), right_m=(-3.0, 1.5)),) if gates else (),
        gondolas=(
            Gondola(
                gondola_id=GondolaId("g"),
                origin_m=(0.0, 0.2),
                yaw_rad=1.5707963,
                width_m=1.2,
                depth_m=0.4,
                height_m=1.8,
            ),
        ),
        shelves=tuple(shelves),
        plates=tuple(plates),
        facings=tuple(facings),
        products=tuple(_product(sku, mass_g, number) for number, (sku, mass_g) in enumerate(MASS_G.items())),
        cameras=(),
        policy=policy or Policy(),
        tax_classes=(TaxClass(tax_class_id=TaxClassId("food"), rate_ppm=70_000),),
        promotions=promotions,
    )


def _plate(plate_id: PlateId, shelf_id: ShelfId, *, channel: int, height_m: float) -> Plate:
    return Plate(
        plate_id=plate_id,
        shelf_id=shelf_id,
        centre_m=((channel - 2.5) * PLATE_M, 0.0, height_m),
        width_m=PLATE_M,
        depth_m=0.4,
        yaw_rad=1.5707963,
        clearance_m=0.3,
        controller_id=ControllerId(f"c {shelf_id}"),
        channel=channel,
    )


def _product(sku: str, mass_g: float, number: int) -> Product:
    return Product(
        sku_id=SkuId(sku),
        gtin=f"{number:08d}",
        name=sku.title(),
        price_minor=100 + 10 * number,
        tax_class_id=TaxClassId("food"),
        unit_mass_g=mass_g,
        size_m=(0.1, 0.1, 0.2),
    )


def hand_in(store: Store, plate_id: str, *, off_m: float = 0.0) -> Vector3:
    """A hand above a plate, or ``off_m`` in front of it."""
    x, y, z = store.plate_by_id[PlateId(plate_id)].centre_m
    return (x, y + off_m + (0.2 if off_m else 0.1), z + 0.1)


def body(name: str, *, at_m: tuple[float, float] = (0.0, 0.8), hands: Sequence[Vector3] = ()) -> BodyTracked:
    """Somebody standing; hands hang where the body is unless they are given."""
    hanging = (at_m[0], at_m[1], 0.8)
    hands_m = (*hands, hanging, hanging)[:2]
    return BodyTracked(name=name, head_m=(*at_m, 1.7), hands_m=hands_m)


def bodies(t_s: float, *people: BodyTracked) -> BodiesTracked:
    """What the outside tracker sees."""
    return BodiesTracked(t_ns=ns(t_s), bodies=people)


def reach(store: Store, name: str, plate_id: str, t_s: float, *, others: Iterable[BodyTracked] = ()) -> list[InputFact]:
    """Somebody reaches to a plate from half a second before ``t_s`` to half a second after, at 10 Hz."""
    x = store.plate_by_id[PlateId(plate_id)].centre_m[0]
    facts: list[InputFact] = []
    for i in range(-8, 9):
        hands = (hand_in(store, plate_id),) if abs(i) <= 4 else ()
        facts.append(bodies(t_s + i / 10, body(name, at_m=(x, 0.8), hands=hands), *others))
    return facts


def masses(plates_g: Mapping[str, float]) -> tuple[PlateMass, ...]:
    """Plates with grams."""
    return tuple(PlateMass(plate_id=PlateId(p), mass_mg=round(1000 * g)) for p, g in plates_g.items())


def provisional(
    shelf_id: str, start_s: float, plates_g: Mapping[str, float], *, sigma_g: float = 6
) -> WeightProvisional:
    """The first answer of a shelf, 150 ms after the start."""
    plates = masses(plates_g)
    return WeightProvisional(
        t_ns=ns(start_s + 0.15),
        step_id=StepId(f"{shelf_id}@{ns(start_s)}"),
        shelf_id=ShelfId(shelf_id),
        start_ns=ns(start_s),
        mass_mg=sum(p.mass_mg for p in plates),
        sigma_mg=round(1000 * sigma_g),
        plates=plates,
    )


def settled(shelf_id: str, start_s: float, plates_g: Mapping[str, float], *, sigma_g: float = 2) -> WeightSettled:
    """The final answer of a shelf, 1.2 s after the start."""
    plates = masses(plates_g)
    return WeightSettled(
        t_ns=ns(start_s + 1.2),
        step_id=StepId(f"{shelf_id}@{ns(start_s)}"),
        shelf_id=ShelfId(shelf_id),
        start_ns=ns(start_s),
        end_ns=ns(start_s + 0.7),
        mass_mg=sum(p.mass_mg for p in plates),
        sigma_mg=round(1000 * sigma_g),
        plates=plates,
    )


def baseline(shelf_id: str, t_s: float, plates_g: Mapping[str, float], *, resumed: bool = False) -> ShelfBaseline:
    """A shelf at rest."""
    return ShelfBaseline(t_ns=ns(t_s), shelf_id=ShelfId(shelf_id), plates=masses(plates_g), resumed=resumed)


def authorised(t_s: float, visit: str, *, staff: bool = False) -> EntryAuthorised:
    """A token is shown."""
    return EntryAuthorised(t_ns=ns(t_s), gate_id=GATE, visit_id=VisitId(visit), staff=staff)


def passed(t_s: float, way: Passage) -> GatePassed:
    """The gate's beam is crossed."""
    return GatePassed(t_ns=ns(t_s), gate_id=GATE, passage=way)


def tick(t_s: float) -> Tick:
    """Time passes."""
    return Tick(t_ns=ns(t_s))


def answer(t_s: float, case_id: CaseId, visit: str | None, sku: str | None, quantity: int) -> CommandGiven:
    """A reviewer decides a case."""
    verdict = Verdict(
        visit_id=VisitId(visit) if visit is not None else None,
        sku_id=SkuId(sku) if sku is not None else None,
        quantity=quantity,
    )
    command = ResolveCase(case_id=case_id, verdict=verdict)
    return CommandGiven(t_ns=ns(t_s), command_id=CommandId(f"c{t_s}"), by="anna", command=command)


def in_time(*groups: Iterable[InputFact]) -> list[InputFact]:
    """All facts by instant, as the merger orders them."""
    return sorted((fact for group in groups for fact in group), key=lambda fact: fact.t_ns)


def play(core: StoreCore, facts: Iterable[InputFact], *, boot_epoch: int = 1) -> list[OutputFact]:
    """Everything the core says about the facts."""
    said: list[OutputFact] = []
    for seq, fact in enumerate(facts):
        said += core.step(Recorded(boot_epoch=boot_epoch, source="test", seq=seq, fact=fact))
    return said


def carts(facts: Iterable[OutputFact]) -> dict[str, dict[str, int]]:
    """The fold a replica makes of the facts: units by visit and SKU, without zeros."""
    lines: dict[LineId, Picked | PutBack | PutElsewhere] = {}
    for fact in facts:
        match fact:
            case Picked() | PutBack() | PutElsewhere():
                lines[fact.line_id] = fact
            case LineWithdrawn():
                del lines[fact.line_id]
            case _:
                pass
    units: dict[str, dict[str, int]] = {}
    for line in lines.values():
        cart = units.setdefault(line.visit_id, {})
        cart[line.sku_id] = cart.get(line.sku_id, 0) + (line.quantity if isinstance(line, Picked) else -line.quantity)
    return {visit: kept for visit, cart in units.items() if (kept := {sku: n for sku, n in cart.items() if n})}
