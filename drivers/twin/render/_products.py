"""What each SKU looks like: a mesh of its shape and size with its own label."""

from dataclasses import dataclass

from drivers.twin.render._mesh import Mesh, Rgb, Ring, box, loft
from drivers.twin.render._texture import Colour, TextureStack, brand_colours, label, seeded, side_label
from engine.domain import Product

_METAL: Rgb = (0.74, 0.75, 0.78)
_GLASS: tuple[Rgb, ...] = ((0.28, 0.42, 0.24), (0.36, 0.24, 0.14), (0.70, 0.78, 0.80), (0.55, 0.62, 0.30))
_SQUAT = 1.75  # height over width below which a bottle is a jar


@dataclass(frozen=True)
class ProductModel:
    """One SKU ready to be placed: mesh in its own frame and its size (width, depth, height)."""

    mesh: Mesh
    size_m: tuple[float, float, float]


def model(product: Product, textures: TextureStack) -> ProductModel:
    """Draw the label into the textures and build the mesh of the product's shape."""
    build = {"box": _carton, "can": _can, "bag": _bag, "bottle": _bottle}[product.shape]
    return ProductModel(build(product, textures), product.size_m)


def _carton(product: Product, textures: TextureStack) -> Mesh:
    width, depth, height = product.size_m
    front = textures.add(label(product, width, height))
    sides = textures.add(side_label(product))
    return box((-width / 2, -depth / 2, 0), (width / 2, depth / 2, height), front=front, sides=sides)


def _can(product: Product, textures: TextureStack) -> Mesh:
    width, depth, height = product.size_m
    layer = textures.add(label(product, 3.14 * width, height, fronts=2))

    def ring(share: float, z_m: float, *, labelled: bool = False, colour: Rgb = _METAL) -> Ring:
        return Ring(share * width / 2, share * depth / 2, z_m, labelled, colour)

    rim = 0.005
    rings = [
        ring(0.93, 0), ring(1, rim, labelled=True), ring(1, height - rim), ring(0.93, height),
        ring(0.90, height - 0.003, colour=(0.6, 0.61, 0.64)), ring(0, height - 0.003),
    ]  # fmt: skip
    return loft(rings, layer=layer, segments=16)


def _bottle(product: Product, textures: TextureStack) -> Mesh:
    width, depth, height = product.size_m
    rng = seeded(f"{product.sku_id} glass")
    glass = _GLASS[int(rng.integers(len(_GLASS)))]
    cap = _unit(brand_colours(product)[1])

    def ring(share: float, level: float, *, labelled: bool = False, colour: Rgb = glass) -> Ring:
        return Ring(share * width / 2, share * depth / 2, level * height, labelled, colour)

    if height < _SQUAT * width:
        label_m = 0.56 * height
        rings = [
            ring(0.92, 0), ring(1, 0.04), ring(1, 0.12, labelled=True), ring(1, 0.68), ring(0.98, 0.76),
            ring(0.88, 0.82, colour=cap),
            ring(0.9, 0.98, colour=cap), ring(0.86, 1.0, colour=cap), ring(0, 1.0),
        ]  # fmt: skip
    else:
        label_m = 0.42 * height
        rings = [
            ring(0.88, 0), ring(1, 0.03), ring(1, 0.12, labelled=True), ring(1, 0.54), ring(0.97, 0.62),
            ring(0.74, 0.73), ring(0.44, 0.82),
            ring(0.38, 0.90, colour=cap), ring(0.42, 0.91, colour=cap), ring(0.42, 1.0, colour=cap), ring(0, 1.0),
        ]  # fmt: skip
    layer = textures.add(label(product, 3.14 * width, label_m, fronts=2))
    return loft(rings, layer=layer, segments=16)


def _bag(product: Product, textures: TextureStack) -> Mesh:
    width, depth, height = product.size_m
    layer = textures.add(label(product, width, height))
    levels = (
        (0.86, 0.55, 0.0),
        (0.97, 0.92, 0.08),
        (1.0, 1.0, 0.35),
        (0.98, 0.86, 0.66),
        (0.96, 0.42, 0.88),
        (0.99, 0.06, 0.95),
        (1.0, 0.05, 1.0),
    )
    rings = [Ring(w * width / 2, d * depth / 2, z * height, labelled=True) for w, d, z in levels]
    lid = _unit(brand_colours(product)[0])
    return loft([*rings, Ring(0, 0, height, colour=lid)], layer=layer, segments=16, flat_label=True)


def _unit(colour: Colour) -> Rgb:
    return colour[0] / 255, colour[1] / 255, colour[2] / 255
