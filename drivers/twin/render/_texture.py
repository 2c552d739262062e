"""Textures drawn by ourselves: product labels, price tags, floor tiles; and the mip levels the kernels read."""

import colorsys
import zlib
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.domain import Product

Picture = NDArray[np.uint8]
Colour = tuple[int, int, int]

SIDE_PX = 256
_LEVELS = 6
_LONG_SIDE_PX = 640
_INK: Colour = (28, 26, 34)
_CREAM: Colour = (250, 247, 238)
_CLAIMS = ("Original", "Classic", "Extra fine", "Family pack", "Bio", "Selected", "Since 1931")


class TextureArrays(NamedTuple):
    """Layers of all mip levels: texels (T, 3), side of each level, first texel of each level."""

    mips: Picture
    sizes: NDArray[np.int64]
    offsets: NDArray[np.int64]


class TextureStack:
    """Collects square RGB textures and hands them to the kernels."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []

    def add(self, picture: Picture) -> int:
        """Layer number of an RGB picture (any size)."""
        self._pictures.append(_resized(picture, SIDE_PX))
        return len(self._pictures) - 1

    def arrays(self) -> TextureArrays:
        """Every layer at every level, halved down to 8 px."""
        levels = [self._pictures]
        for _ in range(_LEVELS - 1):
            levels.append([_resized(picture, len(picture) // 2) for picture in levels[-1]])
        flat = [np.concatenate([picture.reshape(-1, 3) for picture in level]) for level in levels]
        return TextureArrays(
            np.concatenate(flat),
            np.array([len(level[0]) for level in levels]),
            np.cumsum([0] + [len(level) for level in flat[:-1]]),
        )


def seeded(name: str) -> np.random.Generator:
    """A generator that depends on the name alone, not on the run."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def brand_colours(product: Product) -> tuple[Colour, Colour]:
    """Ground and motif colour of an SKU's label, RGB."""
    rng = seeded(product.sku_id)
    hue, saturation, value = rng.random(), rng.uniform(0.45, 0.9), rng.uniform(0.45, 0.95)
    return _rgb(hue, saturation, value), _rgb(
        hue + rng.uniform(0.25, 0.6), rng.uniform(0.5, 0.9), rng.uniform(0.7, 1.0)
    )


def label(product: Product, width_m: float, height_m: float, *, fronts: int = 1) -> Picture:
    """The printed label as a square texture of a surface that large; a wrap-around label shows two fronts."""
    scale = _LONG_SIDE_PX / max(width_m, height_m)
    face_px = max(round(width_m * scale / fronts), 24)
    face = np.empty((max(round(height_m * scale), 24), face_px, 3), np.uint8)
    _draw_face(face, product, margin=0.06 if fronts == 1 else 0.2)
    return _resized(np.tile(face, (1, fronts, 1)), SIDE_PX)


def side_label(product: Product) -> Picture:
    """The plainer side of a box: ground colour, a table of contents, a bar code."""
    ground, motif = brand_colours(product)
    rng = seeded(product.gtin)
    face = np.full((SIDE_PX, SIDE_PX, 3), ground, np.uint8)
    cv2.rectangle(face, (0, 0), (SIDE_PX, 40), motif, -1)
    cv2.rectangle(face, (24, 70), (150, 215), _CREAM, -1)
    for y in range(82, 208, 14):
        cv2.line(face, (34, y), (34 + int(rng.integers(40, 100)), y), _INK, 3)
    _bar_code(face, (170, 120), rng)
    return face


def price_tag(product: Product) -> Picture:
    """Name and price on a white card."""
    card = np.full((144, 256, 3), 252, np.uint8)
    _write(card, product.name, (10, 14, 246, 54), _INK)
    _write(card, f"{product.price_minor / 100:.2f}", (70, 62, 246, 134), (176, 24, 30))
    return card


def floor_tile() -> Picture:
    """One speckled tile with its grout."""
    rng = seeded("floor tile")
    ground = rng.normal(0, 5, (SIDE_PX, SIDE_PX, 1)) + rng.normal(0, 2, (SIDE_PX, SIDE_PX, 3))
    tile = cv2.GaussianBlur(ground, (0, 0), 1.2) * 2 + np.array([196, 192, 183])
    tile = np.asarray(tile.clip(0, 255), np.uint8)
    cv2.rectangle(tile, (0, 0), (SIDE_PX - 1, SIDE_PX - 1), (136, 133, 127), 4)
    return tile


def brushed(colour: Colour) -> Picture:
    """Painted sheet metal with a faint grain."""
    rng = seeded(f"brushed {colour}")
    grain = cv2.GaussianBlur(rng.normal(0, 9, (SIDE_PX, SIDE_PX, 1)), (0, 0), sigmaX=12, sigmaY=0.6)
    return np.asarray((np.array(colour) + 3 * grain[..., None]).clip(0, 255), np.uint8)


def _draw_face(face: Picture, product: Product, *, margin: float) -> None:
    ground, motif = brand_colours(product)
    rng = seeded(f"{product.sku_id} face")
    height, width = face.shape[:2]
    face[:] = ground
    _MOTIFS[int(rng.integers(len(_MOTIFS)))](face, motif, rng)
    left, right = round(width * margin), round(width * (1 - margin))
    words = product.name.upper().split()
    lines = words if len(words) <= 2 else [words[0], " ".join(words[1:])]
    row_px = min(round(height * 0.17), round(width * 0.30))
    top = round(height * rng.uniform(0.12, 0.42))
    band = _CREAM if rng.random() < 0.7 else _INK
    cv2.rectangle(face, (left, top), (right, top + row_px * len(lines) + row_px // 3), band, -1)
    for row, line in enumerate(lines):
        y = top + row_px // 6 + row * row_px
        _write(face, line, (left + 4, y, right - 4, y + row_px), _INK if band == _CREAM else _CREAM)
    low = max(round(height * 0.78), top + row_px * len(lines) + row_px // 2)
    foot_px = min(round(height * 0.09), round(width * 0.14))
    _write(face, str(rng.choice(_CLAIMS)), (left, low, right, low + foot_px), _CREAM)
    _write(face, f"{product.unit_mass_g:.0f} g", (left, low + foot_px, right, low + 2 * foot_px), _CREAM)


def _stripes(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    pitch = int(rng.integers(max(width // 7, 8), max(width // 3, 12)))
    for x in range(-height, width, pitch):
        cv2.line(face, (x, height), (x + height, 0), motif, max(pitch // 3, 3), cv2.LINE_AA)


def _disc(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    centre = (width // 2, round(height * rng.uniform(0.5, 0.72)))
    cv2.circle(face, centre, round(width * rng.uniform(0.3, 0.44)), motif, -1, cv2.LINE_AA)
    cv2.circle(face, centre, round(width * rng.uniform(0.12, 0.22)), _CREAM, -1, cv2.LINE_AA)


def _hills(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    x = np.arange(width + 1)
    for shade, base in ((1.0, 0.55), (0.72, 0.72)):
        wave = height * (base + 0.07 * np.sin(x / width * 2 * np.pi * rng.integers(1, 3) + rng.uniform(0, 6)))
        outline = np.concatenate([np.stack([x, wave], 1), [[width, height], [0, height]]]).astype(np.int32)
        cv2.fillPoly(face, [outline], tuple(int(c * shade) for c in motif), cv2.LINE_AA)


def _dots(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    for _ in range(26):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(face, centre, int(rng.integers(width // 24 + 2, width // 9 + 4)), motif, -1, cv2.LINE_AA)


def _rays(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    centre = np.array([width / 2, height * rng.uniform(0.4, 0.7)])
    count = int(rng.integers(7, 13))
    for k in range(count):
        angles = 2 * np.pi * (k + np.array([0, 0.5])) / count
        tips = centre + (width + height) * np.stack([np.cos(angles), np.sin(angles)], 1)
        cv2.fillPoly(face, [np.concatenate([[centre], tips]).astype(np.int32)], motif, cv2.LINE_AA)


def _bands(face: Picture, motif: Colour, rng: np.random.Generator) -> None:
    height, width = face.shape[:2]
    for share in (rng.uniform(0.04, 0.1), rng.uniform(0.6, 0.7), rng.uniform(0.88, 0.92)):
        cv2.rectangle(face, (0, round(height * share)), (width, round(height * (share + 0.07))), motif, -1)


_MOTIFS = (_stripes, _disc, _hills, _dots, _rays, _bands)


def _bar_code(face: Picture, corner: tuple[int, int], rng: np.random.Generator) -> None:
    x, y = corner
    cv2.rectangle(face, (x - 6, y - 6), (x + 68, y + 66), (255, 255, 255), -1)
    for k in range(20):
        cv2.rectangle(face, (x + 3 * k, y), (x + 3 * k + int(rng.integers(0, 3)), y + 60), (0, 0, 0), -1)


def _write(picture: Picture, text: str, frame: tuple[int, int, int, int], colour: Colour) -> None:
    """Text as large as the frame (x0, y0, x1, y1) allows, centred."""
    x0, y0, x1, y1 = frame
    font = cv2.FONT_HERSHEY_DUPLEX
    (width, height), _ = cv2.getTextSize(text, font, 1.0, 2)
    scale = min((x1 - x0) / max(width, 1), 0.8 * (y1 - y0) / max(height, 1))
    if scale <= 0.05:
        return
    (width, height), _ = cv2.getTextSize(text, font, scale, max(round(2 * scale), 1))
    origin = ((x0 + x1 - width) // 2, (y0 + y1 + height) // 2)
    cv2.putText(picture, text, origin, font, scale, colour, max(round(2 * scale), 1), cv2.LINE_AA)


def _rgb(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return int(255 * red), int(255 * green), int(255 * blue)


def _resized(picture: Picture, side_px: int) -> Picture:
    return np.asarray(cv2.resize(picture, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)
