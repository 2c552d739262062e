"""Thins a triangle mesh by half-edge collapses that keep original vertices, so skin weights need no transfer."""

import heapq

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# An open border (a hem, a cuff) is held by a plane at a right angle to its face; found by eye on sleeves and collars.
_BORDER_WEIGHT = 0.3
_MIN_NORMAL_COSINE = 0.25


def collapse(vertices: Floats, faces: Ints, target_faces: int) -> Ints:
    """Faces (k, 3) over the same vertex rows, k close to target_faces (quadric error, greedy)."""
    thinning = _Thinning(vertices, faces)
    while thinning.face_count > target_faces and thinning.collapse_cheapest():
        pass
    return thinning.faces()


class _Thinning:
    def __init__(self, vertices: Floats, faces: Ints) -> None:
        self._points = vertices
        self._faces: dict[int, tuple[int, int, int]] = {k: tuple(face) for k, face in enumerate(faces.tolist())}
        self._around: dict[int, set[int]] = {}
        for key, face in self._faces.items():
            for vertex in face:
                self._around.setdefault(vertex, set()).add(key)
        self._quadrics = _quadrics(vertices, faces)
        self._heap: list[tuple[float, int, int, int]] = []
        self._version: dict[int, int] = dict.fromkeys(self._around, 0)
        for vertex in self._around:
            self._offer(vertex)

    @property
    def face_count(self) -> int:
        return len(self._faces)

    def faces(self) -> Ints:
        return np.array([self._faces[key] for key in sorted(self._faces)], np.int64).reshape(-1, 3)

    def collapse_cheapest(self) -> bool:
        """One collapse; False when no vertex is left that may move."""
        while self._heap:
            _, gone, kept, version = heapq.heappop(self._heap)
            if self._version.get(gone) != version or kept not in self._version:
                continue
            if self._allowed(gone, kept):
                self._merge(gone, kept)
                return True
        return False

    def _neighbours(self, vertex: int) -> set[int]:
        return {other for key in self._around[vertex] for other in self._faces[key]} - {vertex}

    def _offer(self, vertex: int) -> None:
        neighbours = sorted(self._neighbours(vertex))
        if not neighbours:
            return
        homogeneous = np.column_stack([self._points[neighbours], np.ones(len(neighbours))])
        quadrics = self._quadrics[vertex] + self._quadrics[neighbours]
        costs = np.einsum("ni,nij,nj->n", homogeneous, quadrics, homogeneous)
        # A little edge length keeps flat areas from growing slivers.
        costs += 1e-7 * np.square(self._points[neighbours] - self._points[vertex]).sum(axis=1)
        for cost, other in zip(costs.tolist(), neighbours, strict=True):
            heapq.heappush(self._heap, (cost, vertex, other, self._version[vertex]))

    def _allowed(self, gone: int, kept: int) -> bool:
        shared = self._around[gone] & self._around[kept]
        if not shared or len(self._neighbours(gone) & self._neighbours(kept)) != len(shared):
            return False
        return all(self._keeps_side(key, gone, kept) for key in self._around[gone] - shared)

    def _keeps_side(self, key: int, gone: int, kept: int) -> bool:
        before = self._points[list(self._faces[key])]
        after = self._points[[kept if vertex == gone else vertex for vertex in self._faces[key]]]
        old, new = _normal(before), _normal(after)
        lengths = float(np.linalg.norm(old) * np.linalg.norm(new))
        return lengths > 0 and float(old @ new) > _MIN_NORMAL_COSINE * lengths

    def _merge(self, gone: int, kept: int) -> None:
        for key in list(self._around[gone]):
            face = self._faces[key]
            if kept in face:
                del self._faces[key]
                for vertex in face:
                    self._around[vertex].discard(key)
            else:
                first, second, third = (kept if vertex == gone else vertex for vertex in face)
                self._faces[key] = (first, second, third)
                self._around[kept].add(key)
        del self._around[gone], self._version[gone]
        self._quadrics[kept] += self._quadrics[gone]
        for vertex in sorted(self._neighbours(kept) | {kept}):
            self._version[vertex] += 1
            self._offer(vertex)


def _normal(corners: Floats) -> Floats:
    return np.asarray(np.cross(corners[1] - corners[0], corners[2] - corners[0]))


def _quadrics(vertices: Floats, faces: Ints) -> Floats:
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    lengths = np.linalg.norm(normals, axis=1)
    units = normals / np.maximum(lengths, 1e-12)[:, None]
    quadrics = np.zeros((len(vertices), 4, 4))
    planes = np.column_stack([units, -np.einsum("ni,ni->n", units, a)])
    outer = np.einsum("ni,nj->nij", planes, planes) * lengths[:, None, None] / 6
    for k in range(3):
        np.add.at(quadrics, faces[:, k], outer)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    _, first, count = np.unique(np.sort(edges, axis=1), axis=0, return_index=True, return_counts=True)
    for row in first[count == 1]:
        start, end = edges[row]
        along = vertices[end] - vertices[start]
        across = np.cross(along, units[row % len(faces)])
        across /= max(float(np.linalg.norm(across)), 1e-12)
        plane = np.append(across, -across @ vertices[start])
        border = _BORDER_WEIGHT * float(along @ along) * np.outer(plane, plane)
        quadrics[start] += border
        quadrics[end] += border
    return quadrics
