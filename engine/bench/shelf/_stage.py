"""Where the bench plays: the demo store, and one of 300 plates that is five of it side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import msgspec
import numpy as np
from numpy.typing import NDArray

from drivers.twin.physics import Assumptions, PlateLoads, assumed
from drivers.twin.scenario import Contact, World
from engine.domain import ControllerId, FacingId, GondolaId, Plate, PlateId, Shelf, ShelfId, Store
from engine.store import open_store

COPIES = 5  # of 60 plates


@dataclass(frozen=True)
class Wiring:
    """A controller, its shelves, and the columns of their plates among all plates of the store."""

    controller_id: ControllerId
    shelves: tuple[Shelf, ...]
    columns: NDArray[np.intp]


@dataclass(frozen=True)
class Stage:
    """A store and its controllers."""

    name: str
    store: Store
    wiring: tuple[Wiring, ...]

    @property
    def plate_ids(self) -> tuple[PlateId, ...]:
        """All plates, in the order of the loads' columns."""
        return tuple(plate_id for shelf in self.store.shelves for plate_id in shelf.plate_ids)

    @property
    def gondola_columns(self) -> list[slice]:
        """Where the plates of each gondola lie."""
        of_gondola: dict[GondolaId, int] = {}
        for shelf in self.store.shelves:
            of_gondola[shelf.gondola_id] = of_gondola.get(shelf.gondola_id, 0) + len(shelf.plate_ids)
        stops = np.cumsum(list(of_gondola.values())).tolist()
        return [slice(first, stop) for first, stop in zip([0, *stops], stops, strict=False)]

    def on_one_controller(self) -> "Stage":
        """The same plates, sampled together; what each shelf says does not depend on it."""
        shelves = self.store.shelves
        return Stage(
            self.name,
            self.store,
            (Wiring(ControllerId("all"), shelves, np.arange(len(self.plate_ids), dtype=np.intp)),),
        )

    def loads(self, contacts: Sequence[Contact], *, seed: int, cells: Assumptions | None = None) -> PlateLoads:
        """A filled store in which nothing happens but these contacts."""
        world = World(self.store, seed=seed)
        world.contacts.extend(contacts)
        return PlateLoads(world, seed=seed, cells=cells or assumed())


def demo_stage() -> Stage:
    """The demo store as it is wired: 60 plates on four controllers."""
    with as_file(files("resources") / "stores" / "demo") as folder:
        store = open_store(folder).store
    return _stage("demo store", store)


def large_stage() -> Stage:
    """300 plates: five demo stores, every gondola of 30 plates on a controller of its own."""
    store = demo_stage().store
    parts = [_copy(store, f"{number}-") for number in range(1, COPIES + 1)]
    return _stage(
        f"{COPIES * len(store.plates)} plates",
        msgspec.structs.replace(
            store,
            gondolas=tuple(gondola for part in parts for gondola in part.gondolas),
            shelves=tuple(shelf for part in parts for shelf in part.shelves),
            plates=tuple(plate for part in parts for plate in part.plates),
            facings=tuple(facing for part in parts for facing in part.facings),
        ),
    )


def _stage(name: str, store: Store) -> Stage:
    columns = {shelf.shelf_id: at for shelf, at in zip(store.shelves, _columns(store.shelves), strict=True)}
    wired: dict[ControllerId, list[Shelf]] = {}
    for shelf in store.shelves:
        wired.setdefault(store.plate_by_id[shelf.plate_ids[0]].controller_id, []).append(shelf)
    return Stage(
        name,
        store,
        tuple(
            Wiring(controller_id, tuple(shelves), np.concatenate([columns[shelf.shelf_id] for shelf in shelves]))
            for controller_id, shelves in wired.items()
        ),
    )


def _columns(shelves: Sequence[Shelf]) -> list[NDArray[np.intp]]:
    starts = np.cumsum([0, *(len(shelf.plate_ids) for shelf in shelves)])
    return [np.arange(first, first + len(shelf.plate_ids)) for first, shelf in zip(starts, shelves, strict=False)]


def _copy(store: Store, prefix: str) -> Store:
    """The same under other names. Their places coincide: no plate weighs where it stands."""
    replace = msgspec.structs.replace
    return replace(
        store,
        gondolas=tuple(replace(one, gondola_id=GondolaId(prefix + one.gondola_id)) for one in store.gondolas),
        shelves=tuple(
            replace(
                one,
                shelf_id=ShelfId(prefix + one.shelf_id),
                gondola_id=GondolaId(prefix + one.gondola_id),
                plate_ids=_named(one.plate_ids, prefix),
            )
            for one in store.shelves
        ),
        plates=tuple(_plate(store, plate, prefix) for plate in store.plates),
        facings=tuple(
            replace(one, facing_id=FacingId(prefix + one.facing_id), plate_ids=_named(one.plate_ids, prefix))
            for one in store.facings
        ),
    )


def _plate(store: Store, plate: Plate, prefix: str) -> Plate:
    gondola_id = store.shelf_by_id[plate.shelf_id].gondola_id
    return msgspec.structs.replace(
        plate,
        plate_id=PlateId(prefix + plate.plate_id),
        shelf_id=ShelfId(prefix + plate.shelf_id),
        controller_id=ControllerId(prefix + gondola_id),
    )


def _named(plate_ids: tuple[PlateId, ...], prefix: str) -> tuple[PlateId, ...]:
    return tuple(PlateId(prefix + plate_id) for plate_id in plate_ids)
