"""Numba kernels: visibility-buffer rasteriser, shading of textured and of lit vertices, skinning.

A canvas is one camera's undistorted picture, ``(H, W)``; pixel centres lie on whole numbers, as in ``engine.domain``.
``nearness`` is 1 / depth (0 where nothing is), ``face_at`` the key of the visible face (-1 where none), ``bary`` the
weights of its second and third corner. Rectangles are (x0, y0, x1, y1), end exclusive. All kernels write in place.
"""

# Numba infers the types of kernels; one call must carry a whole frame's arrays.
# ruff: noqa: ANN001, ANN202, PLR0913
# mypy: allow-untyped-defs, allow-untyped-calls

import math
from typing import Any

import numba
import numpy as np

NEAR_M = 0.08
WHITE, SHOULDER = 1.15, 0.25  # tone curve: 255 sqrt(WHITE light / (1 + SHOULDER light))

_compiled: Any = numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")


@_compiled
def project(points, camera):
    """(N, 3) points through a (3, 4) camera to homogeneous pixels (N, 3): x * depth, y * depth, depth."""
    out = np.empty((len(points), 3), np.float32)
    for i in range(len(points)):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        for k in range(3):
            out[i, k] = camera[k, 0] * x + camera[k, 1] * y + camera[k, 2] * z + camera[k, 3]
    return out


@_compiled
def bounds(pixels, width, height):
    """Canvas rectangle that holds the homogeneous pixels; everything when some, but not all, lie behind the camera."""
    x0, y0, x1, y1 = 1e9, 1e9, -1e9, -1e9
    behind = 0
    for i in range(len(pixels)):
        depth = pixels[i, 2]
        if depth < NEAR_M:
            behind += 1
            continue
        x, y = pixels[i, 0] / depth, pixels[i, 1] / depth
        x0, x1, y0, y1 = min(x0, x), max(x1, x), min(y0, y), max(y1, y)
    if behind == len(pixels):
        return 0, 0, 0, 0
    if behind > 0:
        return 0, 0, width, height
    left = min(max(math.floor(min(x0, 1e8)), 0), width)
    top = min(max(math.floor(min(y0, 1e8)), 0), height)
    right = min(max(math.ceil(max(x1, -1e8)) + 1, left), width)
    bottom = min(max(math.ceil(max(y1, -1e8)) + 1, top), height)
    return left, top, right, bottom


@_compiled
def _clip_near(pixels, face, poly):
    """Corners (x, y, depth, second weight, third weight) of a face cut at the near plane; returns their number."""
    count = 0
    for edge in range(3):
        here, there = face[edge], face[(edge + 1) % 3]
        w0, w1 = pixels[here, 2], pixels[there, 2]
        u0, v0 = (1.0 if edge == 1 else 0.0), (1.0 if edge == 2 else 0.0)
        u1, v1 = (1.0 if edge == 0 else 0.0), (1.0 if edge == 1 else 0.0)
        if w0 >= NEAR_M:
            poly[count, 0], poly[count, 1], poly[count, 2] = pixels[here, 0], pixels[here, 1], w0
            poly[count, 3], poly[count, 4] = u0, v0
            count += 1
        if (w0 >= NEAR_M) != (w1 >= NEAR_M):
            s = (NEAR_M - w0) / (w1 - w0)
            poly[count, 0] = pixels[here, 0] + s * (pixels[there, 0] - pixels[here, 0])
            poly[count, 1] = pixels[here, 1] + s * (pixels[there, 1] - pixels[here, 1])
            poly[count, 2] = NEAR_M
            poly[count, 3], poly[count, 4] = u0 + s * (u1 - u0), v0 + s * (v1 - v0)
            count += 1
    return count


@_compiled
def _fill(a, b, c, key, rect, nearness, face_at, bary):
    i0, i1, i2 = 1 / a[2], 1 / b[2], 1 / c[2]
    x0, y0, x1, y1, x2, y2 = a[0] * i0, a[1] * i0, b[0] * i1, b[1] * i1, c[0] * i2, c[1] * i2
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if area == 0:
        return
    left = max(rect[0], math.ceil(max(min(x0, x1, x2), -1e6)))
    right = min(rect[2] - 1, math.floor(min(max(x0, x1, x2), 1e6)))
    top = max(rect[1], math.ceil(max(min(y0, y1, y2), -1e6)))
    bottom = min(rect[3] - 1, math.floor(min(max(y0, y1, y2), 1e6)))
    inverse = 1 / area
    p1, q1 = np.float32((y2 - y0) * inverse), np.float32(-(x2 - x0) * inverse)
    p2, q2 = np.float32(-(y1 - y0) * inverse), np.float32((x1 - x0) * inverse)
    n0, n1, n2 = np.float32(i0), np.float32(i1), np.float32(i2)
    u0, u1, u2 = np.float32(a[3] * i0), np.float32(b[3] * i1), np.float32(c[3] * i2)
    v0, v1, v2 = np.float32(a[4] * i0), np.float32(b[4] * i1), np.float32(c[4] * i2)
    one = np.float32(1)
    for y in range(top, bottom + 1):
        l1 = np.float32(p1 * (left - x0) + q1 * (y - y0))
        l2 = np.float32(p2 * (left - x0) + q2 * (y - y0))
        for x in range(left, right + 1):
            l0 = one - l1 - l2
            if l0 >= 0 and l1 >= 0 and l2 >= 0:
                near = l0 * n0 + l1 * n1 + l2 * n2
                if near > nearness[y, x]:
                    nearness[y, x] = near
                    face_at[y, x] = key
                    depth = one / near
                    bary[y, x, 0] = (l0 * u0 + l1 * u1 + l2 * u2) * depth
                    bary[y, x, 1] = (l0 * v0 + l1 * v1 + l2 * v2) * depth
            l1 += p1
            l2 += p2


@_compiled
def _span(a, b, c, start, stop):
    """First and last whole number from ``start`` to before ``stop``, which are not negative, between three numbers."""
    low, high = max(min(a, b, c), np.float32(start)), min(max(a, b, c), np.float32(stop - 1))
    if low > high:
        return 1, 0
    first = int(low)
    return first + (np.float32(first) < low), int(high)


@_compiled
def _fill_whole(corners, screen, key, rect, one_sided, nearness, face_at, bary):
    """A face with no corner behind the near plane; screen: (N, 3) x, y, 1 / depth. Fronts turn left on the screen."""
    a, b, c = corners[0], corners[1], corners[2]
    x0, y0, n0 = screen[a, 0], screen[a, 1], screen[a, 2]
    x1, y1, n1 = screen[b, 0], screen[b, 1], screen[b, 2]
    x2, y2, n2 = screen[c, 0], screen[c, 1], screen[c, 2]
    area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
    if area == 0 or (one_sided and area > 0):
        return
    left, right = _span(x0, x1, x2, rect[0], rect[2])
    top, bottom = _span(y0, y1, y2, rect[1], rect[3])
    if left > right or top > bottom:
        return
    one, zero = np.float32(1), np.float32(0)
    inverse = one / area
    p1, q1 = (y2 - y0) * inverse, (x0 - x2) * inverse
    p2, q2 = (y0 - y1) * inverse, (x1 - x0) * inverse
    for y in range(top, bottom + 1):
        dx, dy = np.float32(left) - x0, np.float32(y) - y0
        l1, l2 = p1 * dx + q1 * dy, p2 * dx + q2 * dy
        for x in range(left, right + 1):
            l0 = one - l1 - l2
            if l0 >= zero and l1 >= zero and l2 >= zero:
                near = l0 * n0 + l1 * n1 + l2 * n2
                if near > nearness[y, x]:
                    nearness[y, x] = near
                    face_at[y, x] = key
                    depth = one / near
                    bary[y, x, 0] = l1 * n1 * depth
                    bary[y, x, 1] = l2 * n2 * depth
            l1 += p1
            l2 += p2


@_compiled
def rasterise(pixels, faces, first_key, rect, one_sided, nearness, face_at, bary):
    """Draw faces (M, 3) over homogeneous pixels; a visible face m leaves first_key + m in face_at.

    ``one_sided``: faces that show their backs are left out.
    """
    poly = np.empty((4, 5), np.float64)
    screen = np.empty((len(pixels), 3), np.float32)
    for i in range(len(pixels)):
        screen[i, 2] = np.float32(1) / pixels[i, 2]
        screen[i, 0], screen[i, 1] = pixels[i, 0] * screen[i, 2], pixels[i, 1] * screen[i, 2]
    for m in range(len(faces)):
        behind = 0
        for k in range(3):
            behind += pixels[faces[m, k], 2] < NEAR_M
        if behind == 0:
            _fill_whole(faces[m], screen, first_key + m, rect, one_sided, nearness, face_at, bary)
        elif behind < 3:
            count = _clip_near(pixels, faces[m], poly)
            for k in range(1, count - 1):
                _fill(poly[0], poly[k], poly[k + 1], first_key + m, rect, nearness, face_at, bary)


@_compiled
def _texel(uv, level, layer, mips, size, offset, out):
    """Bilinear RGB 0..1 of a texture layer at one mip level."""
    side = size[level]
    x = min(max(uv[0] * side - 0.5, 0.0), side - 1.001)
    y = min(max(uv[1] * side - 0.5, 0.0), side - 1.001)
    ix, iy = int(x), int(y)
    fx, fy = x - ix, y - iy
    at = offset[level] + layer * side * side + iy * side + ix
    for k in range(3):
        top = mips[at, k] * (1 - fx) + mips[at + 1, k] * fx
        low = mips[at + side, k] * (1 - fx) + mips[at + side + 1, k] * fx
        out[k] = (top * (1 - fy) + low * fy) / 255


@_compiled
def _tone(light):
    """Picture value 0..255 of a linear light: gamma 2 with a soft shoulder."""
    return min(255.0, 255.0 * math.sqrt(max(light, 0.0) / (1 + SHOULDER * light) * WHITE))


@_compiled
def _diffuse(point, normal, lamps):
    """Light from ceiling lamps (L, 4: x, y, z, power) on a surface element, wrapped a little round the terminator."""
    total = 0.0
    for i in range(len(lamps)):
        dx, dy, dz = lamps[i, 0] - point[0], lamps[i, 1] - point[1], lamps[i, 2] - point[2]
        d2 = dx * dx + dy * dy + dz * dz + 1e-6
        inverse = 1 / math.sqrt(d2)
        facing = (normal[0] * dx + normal[1] * dy + normal[2] * dz) * inverse
        total += lamps[i, 3] / (0.8 + d2) * max(0.0, (facing + 0.15) / 1.15) * max(dz * inverse, 0.0)
    return total


@_compiled
def _shine(point, normal, view, lamps):
    """Blinn highlight of the lamps towards the unit vector ``view``."""
    total = 0.0
    for i in range(len(lamps)):
        dx, dy, dz = lamps[i, 0] - point[0], lamps[i, 1] - point[1], lamps[i, 2] - point[2]
        inverse = 1 / math.sqrt(dx * dx + dy * dy + dz * dz + 1e-6)
        hx, hy, hz = dx * inverse + view[0], dy * inverse + view[1], dz * inverse + view[2]
        along = (normal[0] * hx + normal[1] * hy + normal[2] * hz) / math.sqrt(hx * hx + hy * hy + hz * hz + 1e-9)
        if along > 0.8:
            total += along**32
    return total


@_compiled
def _level(points, uvs, face, pixel_m, levels):
    """Mip level at which a texel is about a pixel, from the face's own texel density."""
    a, b, c = face[0], face[1], face[2]
    ex, ey, ez = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
    gx, gy, gz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
    cx, cy, cz = ey * gz - ez * gy, ez * gx - ex * gz, ex * gy - ey * gx
    area2 = math.sqrt(cx * cx + cy * cy + cz * cz) + 1e-12
    u1, v1 = uvs[b, 0] - uvs[a, 0], uvs[b, 1] - uvs[a, 1]
    u2, v2 = uvs[c, 0] - uvs[a, 0], uvs[c, 1] - uvs[a, 1]
    texels = abs(u1 * v2 - u2 * v1) * levels[0] * levels[0] / area2
    level = int(0.5 * math.log2(max(texels * pixel_m * pixel_m, 1e-6)) + 0.5)
    return min(max(level, 0), len(levels) - 1)


@_compiled
def shade_textured(rect, first_key, nearness, face_at, bary, mesh, textures, lamps, eye, focal_px, out):
    """Light every pixel of the rectangle whose face is one of the mesh's.

    mesh: (points, normals, uvs, colours, occlusion, faces, layers); textures: (mips, sizes, offsets); out: BGR uint8.
    """
    points, normals, uvs, colours, occlusion, faces, layers = mesh
    mips, sizes, offsets = textures
    point, normal, view = np.empty(3), np.empty(3), np.empty(3)
    colour, texel, uv = np.empty(3), np.empty(3), np.empty(2)
    for y in range(rect[1], rect[3]):
        for x in range(rect[0], rect[2]):
            m = face_at[y, x] - first_key
            if m < 0 or m >= len(faces):
                continue
            a, b, c = faces[m, 0], faces[m, 1], faces[m, 2]
            u, v = bary[y, x, 0], bary[y, x, 1]
            w = 1 - u - v
            squared = 0.0
            for k in range(3):
                point[k] = w * points[a, k] + u * points[b, k] + v * points[c, k]
                normal[k] = w * normals[a, k] + u * normals[b, k] + v * normals[c, k]
                colour[k] = w * colours[a, k] + u * colours[b, k] + v * colours[c, k]
                view[k] = eye[k] - point[k]
                squared += view[k] * view[k]
            inverse = 1 / math.sqrt(squared)
            length = 1 / math.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2 + 1e-12)
            for k in range(3):
                view[k] *= inverse
                normal[k] *= length
            shadow = w * occlusion[a] + u * occlusion[b] + v * occlusion[c]
            if layers[m] >= 0:
                for k in range(2):
                    uv[k] = w * uvs[a, k] + u * uvs[b, k] + v * uvs[c, k]
                level = _level(points, uvs, faces[m], 1 / (nearness[y, x] * focal_px), sizes)
                _texel(uv, level, layers[m], mips, sizes, offsets, texel)
                for k in range(3):
                    colour[k] *= texel[k]
            light = (0.36 + 0.17 * (normal[2] + 1)) * shadow + _diffuse(point, normal, lamps) * shadow
            shine = 0.10 * shadow * _shine(point, normal, view, lamps)
            for k in range(3):
                out[y, x, 2 - k] = int(_tone(colour[k] * colour[k] * light + shine))


@_compiled
def light_vertices(points, normals, colours, lamps):
    """Picture colours (N, C) 0..255 of lit vertices; camera-independent, so one call serves every camera."""
    out = np.empty(colours.shape, np.float32)
    for i in range(len(points)):
        # Less sky near the floor: legs are a little darker than shoulders.
        ambient = (0.36 + 0.17 * (normals[i, 2] + 1)) * (0.72 + 0.28 * min(max(points[i, 2] / 1.2, 0.0), 1.0))
        light = ambient + _diffuse(points[i], normals[i], lamps)
        for k in range(colours.shape[1]):
            out[i, k] = _tone(colours[i, k] * colours[i, k] * light)
    return out


@_compiled
def _second_colour(kind, height_m, side_m):
    """Whether the pattern shows its second colour at a rest height and distance from the front's middle."""
    if kind == 1:
        return height_m / 0.09 - math.floor(height_m / 0.09) < 0.4
    if kind == 2:
        return abs(side_m) < 0.055
    if kind == 3:
        return (height_m / 0.07 - math.floor(height_m / 0.07) < 0.5) != (
            side_m / 0.07 - math.floor(side_m / 0.07) < 0.5
        )
    if kind == 4:
        return side_m / 0.05 - math.floor(side_m / 0.05) < 0.3
    if kind == 5:
        return height_m < 0.0
    if kind == 6:
        row = math.floor(height_m / 0.06)
        up = height_m / 0.06 - row - 0.5
        along = side_m / 0.06 + 0.5 * row
        along -= math.floor(along) + 0.5
        return up * up + along * along < 0.09
    return False


@_compiled
def shade_lit(rect, first_key, face_at, bary, faces, lit, pattern, kind, out):
    """Interpolate lit vertices. lit: (N, 6) RGB plain, then second; pattern: (N, 2) rest height and side."""
    for y in range(rect[1], rect[3]):
        for x in range(rect[0], rect[2]):
            m = face_at[y, x] - first_key
            if m < 0 or m >= len(faces):
                continue
            a, b, c = faces[m, 0], faces[m, 1], faces[m, 2]
            u, v = bary[y, x, 0], bary[y, x, 1]
            w = np.float32(1) - u - v
            o = 0
            if kind > 0:
                height = w * pattern[a, 0] + u * pattern[b, 0] + v * pattern[c, 0]
                side = w * pattern[a, 1] + u * pattern[b, 1] + v * pattern[c, 1]
                if _second_colour(kind, height, side):
                    o = 3
            for k in range(3):
                out[y, x, 2 - k] = np.uint8(w * lit[a, o + k] + u * lit[b, o + k] + v * lit[c, o + k])


@_compiled
def skin(points, normals, bone_rows, bone_weights, bones):
    """Blend-skinned points and unit normals (N, 3) float32; bones: (B, 3, 4)."""
    out_points, out_normals = np.empty_like(points), np.empty_like(normals)
    m = np.empty((3, 4), np.float32)
    for i in range(len(points)):
        m[:] = 0
        for j in range(bone_rows.shape[1]):
            weight = bone_weights[i, j]
            if weight > 0:
                row = bone_rows[i, j]
                for r in range(3):
                    for k in range(4):
                        m[r, k] += weight * bones[row, r, k]
        squared = np.float32(1e-12)
        for r in range(3):
            out_points[i, r] = m[r, 0] * points[i, 0] + m[r, 1] * points[i, 1] + m[r, 2] * points[i, 2] + m[r, 3]
            n = m[r, 0] * normals[i, 0] + m[r, 1] * normals[i, 1] + m[r, 2] * normals[i, 2]
            out_normals[i, r] = n
            squared += n * n
        for r in range(3):
            out_normals[i, r] /= math.sqrt(squared)
    return out_points, out_normals
