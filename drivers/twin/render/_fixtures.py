"""What the store is built of: floor, walls, ceiling, gates, gondolas with boards, plates, rails and tags."""

import math
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.twin.render._front import HEAD_M, SILL_M, Span, frames, gate_span, walls, window_spans, windows_of
from drivers.twin.render._mesh import Floats, Mesh, Rgb, box, joined, panel
from drivers.twin.render._texture import TextureStack, brushed, floor_tile, price_tag
from engine.domain import Gate, Gondola, Plate, Store

CEILING_M = 2.9
_WALL_LEVELS_M = (0.0, SILL_M, 0.5, 1.6, CEILING_M)
_TILE_M = 0.3
_WALL_RGB: Rgb = (0.90, 0.89, 0.85)
_RAIL_RGB: tuple[Rgb, ...] = ((0.72, 0.12, 0.13), (0.10, 0.32, 0.55), (0.14, 0.45, 0.26), (0.85, 0.55, 0.10))
_SHEET_RGB: Rgb = (0.93, 0.93, 0.94)
_TAG_M = (0.075, 0.042)
_BOARD_M = 0.022
_BOARD_SHADOW_M = 0.16
_PLATE_GAP_M = 0.004


def fixtures(store: Store, textures: TextureStack) -> Mesh:
    """Everything that never moves, as one mesh in the store frame."""
    metal = textures.add(brushed((205, 207, 211)))
    parts = [*_floor(store, textures), *_walls(store), *_ceiling(store)]
    for number, gondola in enumerate(store.gondolas):
        parts.extend(_gondola(gondola, metal, _RAIL_RGB[number % len(_RAIL_RGB)]))
        parts.extend(_shelves(store, gondola, textures, metal, number))
    for gate in store.gates:
        parts.extend(_gate(gate))
        parts.extend(frames(gate, windows_of(store, gate)))
    return joined(parts)


def lamps(store: Store) -> Floats:
    """Ceiling lamps (L, 4): x, y, z, power; about one for 5 m2."""
    corners = np.array(store.floor_m)
    low, high = corners.min(axis=0), corners.max(axis=0)
    counts = np.maximum(np.rint((high - low) / 2.4), 1).astype(int)
    places = [
        (*(low + (np.array([i, j]) + 0.5) / counts * (high - low)), CEILING_M - 0.04, 1.9)
        for i in range(counts[0])
        for j in range(counts[1])
    ]
    return np.array(places, np.float32)


def below_board(gap_m: Floats) -> Floats:
    """Share of the light (n,) that is left so far below a shelf board."""
    return np.asarray(1 - 0.5 * np.square(np.clip(1 - gap_m / _BOARD_SHADOW_M, 0, 1)), np.float32)


def _footprint(gondola: Gondola) -> Floats:
    out = np.array([math.cos(gondola.yaw_rad), math.sin(gondola.yaw_rad)])
    along = np.array([-out[1], out[0]]) * gondola.width_m / 2
    front = np.array(gondola.origin_m)
    back = front - out * gondola.depth_m
    return np.array([front - along, front + along, back + along, back - along], np.float32)


def _openness(points: Floats, outlines: list[Floats], *, reach_m: float) -> Floats:
    """1 in the open, falling to 0 at the outlines; points (n, 2)."""
    nearest = np.full(len(points), reach_m)
    for outline in outlines:
        for k in range(len(outline)):
            start, end = outline[k], outline[(k + 1) % len(outline)]
            along = end - start
            share = np.clip((points - start) @ along / max(float(along @ along), 1e-9), 0, 1)
            nearest = np.minimum(nearest, np.linalg.norm(points - start - share[:, None] * along, axis=1))
    return np.asarray(nearest / reach_m, np.float32)


def _floor(store: Store, textures: TextureStack) -> list[Mesh]:
    tile = textures.add(floor_tile())
    outline = np.array(store.floor_m, np.float32)
    low, high = outline.min(axis=0), outline.max(axis=0)
    gondolas = [_footprint(gondola) for gondola in store.gondolas]
    parts = []
    for x in np.arange(low[0], high[0], _TILE_M):
        for y in np.arange(low[1], high[1], _TILE_M):
            w, d = min(_TILE_M, high[0] - x), min(_TILE_M, high[1] - y)
            if cv2.pointPolygonTest(outline, (float(x + w / 2), float(y + d / 2)), False) < 0:
                continue
            quad = panel((x, y, 0), (w, 0, 0), (0, d, 0), layer=tile)
            spots = quad.points_m[:, :2]
            under = np.array(
                [any(cv2.pointPolygonTest(g, (float(a), float(b)), False) > 0 for g in gondolas) for a, b in spots]
            )
            shade = 0.45 + 0.55 * _openness(spots, gondolas, reach_m=0.6) * (
                0.5 + 0.5 * _openness(spots, [outline], reach_m=0.5)
            )
            parts.append(quad.shaded(np.where(under, np.float32(0.4), shade)))
    return parts


def _walls(store: Store) -> list[Mesh]:
    """Wall panels along the floor's outline; none across a gate, and windows beside it."""
    parts = []
    for start, along, length in walls(store):
        spans, windows = [(0.0, length)], []
        for gate in store.gates:
            span = gate_span(gate, start, along)
            if span is not None:
                beside = window_spans(span, length)
                windows += beside
                for hole in (span, *beside):
                    spans = _without(spans, hole)
        for levels, pieces in ((_WALL_LEVELS_M, spans), ((0.0, SILL_M), windows), ((HEAD_M, CEILING_M), windows)):
            for low, high in pieces:
                count = max(round((high - low) / 0.8), 1)
                step = (high - low) / count
                for k in range(count):
                    parts.extend(_wall_strip(start + along * (low + k * step), along * step, levels))
    return parts


def _without(spans: list[Span], hole: Span) -> list[Span]:
    pieces = [piece for low, high in spans for piece in ((low, min(high, hole[0])), (max(low, hole[1]), high))]
    return [(low, high) for low, high in pieces if high - low > 1e-6]


def _wall_strip(corner: NDArray[np.float64], along: NDArray[np.float64], levels: tuple[float, ...]) -> list[Mesh]:
    parts = []
    for low, high in pairwise(levels):
        # Seen from inside, a counter-clockwise outline runs to the left: start at its end, go back.
        quad = panel(
            (corner[0] + along[0], corner[1] + along[1], low), (-along[0], -along[1], 0), (0, 0, high - low),
            layer=-1, colour=(0.42, 0.43, 0.45) if high <= SILL_M else _WALL_RGB,
        )  # fmt: skip
        parts.append(quad.shaded((0.7 + 0.3 * np.clip(quad.points_m[:, 2] / 0.5, 0, 1)).astype(np.float32)))
    return parts


def _ceiling(store: Store) -> list[Mesh]:
    low, high = np.array(store.floor_m).min(axis=0), np.array(store.floor_m).max(axis=0)
    w, d = high - low
    parts = [panel((low[0], high[1], CEILING_M), (w, 0, 0), (0, -d, 0), layer=-1, colour=(0.9, 0.9, 0.9))]
    for x, y, z, _ in lamps(store):
        parts.append(panel((x - 0.3, y + 0.3, z), (0.6, 0, 0), (0, -0.6, 0), layer=-1, colour=(1.7, 1.7, 1.65)))
    return parts


def _stand(gondola: Gondola, mesh: Mesh) -> Mesh:
    return mesh.placed(*gondola.origin_m, 0.0, turn_rad=gondola.yaw_rad + math.pi / 2)


def _gondola(gondola: Gondola, metal: int, accent: Rgb) -> list[Mesh]:
    half, depth, height = gondola.width_m / 2, gondola.depth_m, gondola.height_m
    back = box((-half, depth - 0.02, 0), (half, depth, height), colour=_SHEET_RGB, front=metal, sides=metal).shaded(
        0.72
    )
    parts = [back, box((-half, 0.03, 0), (half, depth, 0.1), colour=(0.32, 0.33, 0.35)).shaded(0.8)]
    for x in (-half - 0.025, half):
        parts.append(
            box((x, 0, 0), (x + 0.025, depth, height), colour=_SHEET_RGB, front=metal, sides=metal).shaded(0.9)
        )
    parts.append(box((-half, depth - 0.06, height - 0.09), (half, depth - 0.02, height), colour=accent))
    return [_stand(gondola, part) for part in parts]


def _shelves(store: Store, gondola: Gondola, textures: TextureStack, metal: int, number: int) -> list[Mesh]:
    parts = []
    shelves = [shelf for shelf in store.shelves if shelf.gondola_id == gondola.gondola_id]
    tops = [store.plate_by_id[shelf.plate_ids[0]].centre_m[2] for shelf in shelves if shelf.plate_ids]
    half, depth = gondola.width_m / 2, gondola.depth_m
    for top in tops:
        board = box(
            (-half, 0.012, top - 0.008 - _BOARD_M),
            (half, depth - 0.02, top - 0.008),
            colour=_SHEET_RGB,
            front=metal,
            sides=metal,
        )
        rail = box(
            (0.001 - half, -0.004, top - 0.055),
            (half - 0.001, 0.012, top + 0.004),
            colour=_RAIL_RGB[number % len(_RAIL_RGB)],
        )
        parts += _back_below(gondola, top - 0.008 - _BOARD_M, metal)
        parts += [_stand(gondola, board.shaded(0.95 if top == max(tops) else 0.62)), _stand(gondola, rail)]
    for shelf in shelves:
        for plate_id in shelf.plate_ids:
            plate = store.plate_by_id[plate_id]
            parts.append(_plate(plate, metal, top_shelf=plate.centre_m[2] == max(tops)))
            facing = store.facing_of_plate.get(plate_id)
            if facing is not None and facing.plate_ids[0] == plate_id:
                parts.append(_tag(plate, textures.add(price_tag(store.product_by_sku[facing.sku_id]))))
    return parts


def _back_below(gondola: Gondola, board_m: float, metal: int) -> list[Mesh]:
    """The back of a gondola where the board above, its underside at that height, keeps the light away."""
    half, back_m = gondola.width_m / 2, gondola.depth_m - 0.021
    strips = []
    for low, high in pairwise(np.linspace(max(board_m - _BOARD_SHADOW_M, 0), max(board_m, 0), 4)):
        strip = panel((-half, back_m, low), (2 * half, 0, 0), (0, 0, high - low), layer=metal)
        strips.append(_stand(gondola, strip.shaded(0.72 * below_board(board_m - strip.points_m[:, 2]))))
    return strips


def _plate(plate: Plate, metal: int, *, top_shelf: bool) -> Mesh:
    half_w, half_d = plate.width_m / 2 - _PLATE_GAP_M, plate.depth_m / 2 - 0.02
    mesh = box((-half_w, -half_d, -0.008), (half_w, half_d, 0), colour=_SHEET_RGB, front=metal, sides=metal)
    # Under the next board the back is dark.
    inward = (mesh.points_m[:, 1] + half_d) / (2 * half_d)
    mesh = mesh.shaded((1 - (0.15 if top_shelf else 0.5) * inward).astype(np.float32))
    return mesh.placed(*plate.centre_m, turn_rad=plate.yaw_rad + math.pi / 2)


def _tag(plate: Plate, layer: int) -> Mesh:
    width, height = _TAG_M
    low = -height - 0.004
    tag = panel((-width / 2, -plate.depth_m / 2 - 0.006, low), (width, 0, 0), (0, 0, height), layer=layer)
    return tag.placed(*plate.centre_m, turn_rad=plate.yaw_rad + math.pi / 2)


def _gate(gate: Gate) -> list[Mesh]:
    """The wall above the doors and the two reader posts beside the way."""
    left, right = np.array(gate.left_m), np.array(gate.right_m)
    width = float(np.linalg.norm(right - left))
    middle = (left + right) / 2
    # Walking in, left is on the left hand: inwards is the way from left to right turned a quarter counter-clockwise.
    across = (right - left) / width
    turn_rad = math.atan2(across[1], across[0])
    parts = [box((-width / 2, -0.07, HEAD_M), (width / 2, 0.0, CEILING_M), colour=_WALL_RGB)]
    for x in (-width / 2 - 0.14, width / 2 + 0.02):
        parts.append(box((x, 0.1, 0), (x + 0.12, 0.55, 0.95), colour=(0.30, 0.31, 0.34)))
        parts.append(box((x + 0.01, 0.12, 0.95), (x + 0.11, 0.30, 0.97), colour=(0.15, 0.65, 0.35)))
    return [part.placed(middle[0], middle[1], 0.0, turn_rad=turn_rad) for part in parts]
