"""The store as the cameras see it: fixtures, what stands on the shelves now, and the people of the moment."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from drivers.twin.render import _raster
from drivers.twin.render._blur import NOWHERE_PX, TILE_PX
from drivers.twin.render._body import Body, Material, Pattern, load_bodies
from drivers.twin.render._fixtures import below_board, fixtures, lamps
from drivers.twin.render._front import glass_front, street, windows_of
from drivers.twin.render._mesh import Floats, Mesh
from drivers.twin.render._pose import Pose, Posed, put_in_pose
from drivers.twin.render._products import ProductModel, model
from drivers.twin.render._shell import Shell, shell_of
from drivers.twin.render._texture import TextureStack
from engine.domain import SkuId, Store

_LAPSE_S = 0.02  # between two poses whose difference is a speed
_COARSE_M = 0.08
_CONTACT, _CONTACT_M = 0.2, 0.02  # what stands on something is darker just above it
_BLOCK_SHARE = 0.71  # of the stature, where a top of two blocks of colour changes: below the chest

Region = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class SceneItem:
    """One unit standing in the store: middle of its base in the store frame; its front looks towards yaw_rad."""

    item_id: int
    sku_id: SkuId
    x_m: float
    y_m: float
    z_m: float
    yaw_rad: float


@dataclass(frozen=True, kw_only=True)
class HeldItem:
    """One unit in a hand of the person at that place of the rendered poses."""

    sku_id: SkuId
    person: int
    hand: Literal["left", "right"]


@dataclass(frozen=True, eq=False)
class Person:
    """A skinned and lit body: points (n, 3); lit (n, 3 or 6) and pattern (n, 2) as the kernels take them.

    closed: of how many faces, the first ones, nobody sees the back.
    """

    pose: Pose
    posed: Posed
    points_m: Floats
    lit: Floats
    pattern: Floats
    faces: NDArray[np.int32]
    closed: int
    kind: Pattern


@dataclass(frozen=True, eq=False)
class Motion:
    """How fast a person's points (n, 3) and palms (2, 3), left and right, go; m/s in the store frame."""

    points_mps: Floats
    palms_mps: Floats


@dataclass(frozen=True, eq=False)
class Scratch:
    """What is written beside depth and colour: face_at (H, W), bary (H, W, 2), behind (H, W, 3).

    smear (H, W), tiles (rows, columns, 3) and ends (H, 2) are as ``_blur`` has them.
    """

    face_at: NDArray[np.int32]
    bary: Floats
    smear: Floats
    tiles: Floats
    ends: NDArray[np.int32]
    behind: NDArray[np.uint8]


class StoreScene:
    """One store's contents; renderers follow its changes by themselves. A scene and its renderers share one thread."""

    def __init__(self, store: Store, items: Iterable[SceneItem] = (), *, bodies: Sequence[Body] | None = None) -> None:
        self.store = store
        self.bodies = tuple(load_bodies() if bodies is None else bodies)
        self.lamps = lamps(store)
        stack = TextureStack()
        self.fixtures = fixtures(store, stack)
        self.street = street(store)
        self.fronts = [glass_front(gate, windows_of(store, gate)) for gate in store.gates]
        self._models = {product.sku_id: model(product, stack) for product in store.products}
        self.textures = stack.arrays()
        self._items = {item.item_id: (item, self._standing(item)) for item in items}
        self._changes: list[Region] = []
        self._people: dict[Pose, Person] = {}
        self._motions: dict[Pose, Motion] = {}
        self._shells: dict[int, Shell] = {}  # of those who have been seen: each takes a tenth of a second
        self._scratch: dict[tuple[int, int], Scratch] = {}
        self._outfits = [_outfit(body) for body in self.bodies]
        self._coarse = [_coarse(body) for body in self.bodies]

    @property
    def change_count(self) -> int:
        """How often something came or went."""
        return len(self._changes)

    def changed_since(self, count: int) -> list[Region]:
        """Boxes (low x, y, z, high x, y, z) touched by the changes after the first ``count``."""
        return self._changes[count:]

    def product_model(self, sku_id: SkuId) -> ProductModel:
        """Shape and label of an SKU; raises KeyError for one the store does not sell."""
        return self._models[sku_id]

    def item_meshes(self) -> list[Mesh]:
        """Everything that stands in the store now."""
        return [mesh for _, mesh in self._items.values()]

    def put(self, item: SceneItem) -> None:
        """A unit appears; raises ValueError when its id is already standing somewhere."""
        if item.item_id in self._items:
            raise ValueError(f"item {item.item_id} stands in the store already")
        mesh = self._standing(item)
        self._items[item.item_id] = (item, mesh)
        self._changes.append(_region(mesh))

    def take(self, item_id: int) -> SceneItem:
        """A unit leaves its place; raises KeyError when it does not stand in the store."""
        item, mesh = self._items.pop(item_id)
        self._changes.append(_region(mesh))
        return item

    def scratch(self, shape: tuple[int, int]) -> Scratch:
        """Working memory for a canvas of that shape, shared by cameras alike; who writes it clears it."""
        if shape not in self._scratch:
            grid = (shape[0] // TILE_PX + 1, shape[1] // TILE_PX + 1)
            bary, smear, tiles = (np.zeros(size, np.float32) for size in ((*shape, 2), shape, (*grid, 3)))
            behind = np.zeros((*shape, 3), np.uint8)
            ends = np.tile(np.array([NOWHERE_PX, -NOWHERE_PX], np.int32), (shape[0], 1))
            self._scratch[shape] = Scratch(np.full(shape, -1, np.int32), bary, smear, tiles, ends, behind)
        return self._scratch[shape]

    def people(self, poses: Sequence[Pose]) -> list[Person]:
        """Skinned and lit bodies, shared by all cameras that render the same poses."""
        self._people = {pose: self._people.get(pose) or self._person(pose) for pose in poses}
        self._motions = {pose: motion for pose, motion in self._motions.items() if pose in self._people}
        return [self._people[pose] for pose in poses]

    def coarse(self, person: Person) -> Person:
        """The same with a tenth of the faces, for where nobody looks closely."""
        rows, faces = self._coarse[person.pose.body_index]
        points, lit, pattern = person.points_m[rows], person.lit[rows], person.pattern[rows]
        return replace(person, points_m=points, lit=lit, pattern=pattern, faces=faces, closed=0)

    def motion(self, person: Person) -> Motion | None:
        """How fast somebody goes, shared as ``people`` are; None for who stands."""
        pose = person.pose
        if not pose.moves:
            return None
        if pose not in self._motions:
            posed, points, _ = self._skinned(pose.before(_LAPSE_S))
            palms = [person.posed.joint(palm) - posed.joint(palm) for palm in ("left_hand", "right_hand")]
            self._motions[pose] = Motion((person.points_m - points) / _LAPSE_S, np.array(palms, np.float32) / _LAPSE_S)
        return self._motions[pose]

    def held_mesh(self, item: HeldItem, person: Person) -> Mesh:
        """The unit upright in the palm, its front away from the body."""
        width, depth, height = self._models[item.sku_id].size_m
        palm = person.posed.joint(f"{item.hand}_hand")
        out_m = min(width, depth) / 2
        x, y = palm[0] + out_m * math.cos(person.pose.yaw_rad), palm[1] + out_m * math.sin(person.pose.yaw_rad)
        mesh = self._models[item.sku_id].mesh
        return mesh.placed(
            float(x), float(y), float(palm[2]) - 0.45 * height, turn_rad=person.pose.yaw_rad + math.pi / 2
        )

    def _person(self, pose: Pose) -> Person:
        body, (albedo, pattern) = self.bodies[pose.body_index], self._outfits[pose.body_index]
        posed, points, normals = self._skinned(pose)
        lit = _raster.light_vertices(points, normals, albedo, self.lamps)
        shell = self._shells.get(pose.body_index) or shell_of(body)
        self._shells[pose.body_index] = shell
        return Person(pose, posed, points, lit, pattern, shell.faces, shell.closed, body.pattern)

    def _skinned(self, pose: Pose) -> tuple[Posed, Floats, Floats]:
        """A body in a pose, its points and normals (n, 3)."""
        body = self.bodies[pose.body_index]
        posed = put_in_pose(body, pose)
        bones = np.concatenate([posed.turns, posed.shifts_m[:, :, None]], axis=2).astype(np.float32)
        points, normals = _raster.skin(body.vertices_m, body.normals, body.bone_rows, body.bone_weights, bones)
        return posed, points, normals

    def _standing(self, item: SceneItem) -> Mesh:
        mesh = self._models[item.sku_id].mesh
        mesh = mesh.shaded(self._daylight(item, mesh.points_m[:, 2]))
        return mesh.placed(item.x_m, item.y_m, item.z_m, turn_rad=item.yaw_rad + math.pi / 2)

    def _daylight(self, item: SceneItem, up_m: Floats) -> Floats:
        """How much of the ceiling's light reaches each height (n,) of a unit.

        Less the deeper it stands between two boards, just below the upper one, and where it stands.
        """
        light: Floats = np.asarray(1 - _CONTACT * np.clip(1 - up_m / _CONTACT_M, 0, 1), np.float32)
        for plate in self.store.plates:
            dx, dy = item.x_m - plate.centre_m[0], item.y_m - plate.centre_m[1]
            c, s = math.cos(plate.yaw_rad), math.sin(plate.yaw_rad)
            out_m, along_m = dx * c + dy * s, -dx * s + dy * c
            on_it = abs(along_m) <= plate.width_m / 2 and abs(out_m) <= plate.depth_m / 2
            if on_it and abs(item.z_m - plate.centre_m[2]) < 0.05:
                depth = 1 - 0.45 * (0.5 - out_m / plate.depth_m)
                return np.asarray(light * depth * below_board(plate.clearance_m - up_m), np.float32)
        return light


def _outfit(body: Body) -> tuple[Floats, Floats]:
    """Albedo (n, 3), or (n, 6) with a pattern's second colour; pattern coordinates (n, 2): rest height, side."""
    plain = body.colours
    second = plain.copy()
    second[body.material == Material.TOP] = body.pattern_rgb
    side = body.vertices_m[:, 1]
    if body.pattern is Pattern.JACKET:
        # The back is far from the opening.
        side = np.where(body.vertices_m[:, 0] > 0, np.abs(side), 9)
    height = body.vertices_m[:, 2]
    if body.pattern is Pattern.BLOCK:
        height = height - _BLOCK_SHARE * body.height_m
    albedo = plain if body.pattern is Pattern.PLAIN else np.hstack([plain, second])
    return np.ascontiguousarray(albedo, np.float32), np.column_stack([height, side]).astype(np.float32)


def _coarse(body: Body) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """One vertex of each cell of 8 cm (k,), and the faces (m, 3) that are left between them."""
    cells = np.floor(body.vertices_m / _COARSE_M).astype(int)
    _, rows, cell_of = np.unique(cells, axis=0, return_index=True, return_inverse=True)
    faces = cell_of.ravel()[body.faces]
    a, b, c = faces.T
    return rows, np.unique(np.sort(faces[(a != b) & (b != c) & (c != a)], axis=1), axis=0).astype(np.int32)


def _region(mesh: Mesh) -> Region:
    low, high = mesh.points_m.min(axis=0), mesh.points_m.max(axis=0)
    return float(low[0]), float(low[1]), float(low[2]), float(high[0]), float(high[1]), float(high[2])
