"""What a camera of the demo store shows, empty and in trade, as the twin renders it."""

import argparse
from functools import cache
from pathlib import Path

import numpy as np
import simplejpeg

from drivers.twin.devices.cameras import RenderedCameras
from drivers.twin.scenario import Programme
from engine.domain import CameraId
from engine.ports import Image
from engine.store import open_store

DEMO = Path(__file__).parents[3] / "resources" / "stores" / "demo"
_SENSOR_LEVELS = 1.5


@cache
def rendered(*times_s: float) -> dict[str, tuple[Image, ...]]:
    """Pictures (360, 640, 3) of two cameras at these instants of an ordinary trade."""
    parser = argparse.ArgumentParser()
    Programme.declare(parser)
    programme = Programme.of(parser, parser.parse_args(["--seed", "5"]))
    folder = open_store(DEMO)
    world = programme.world(folder.store)
    cameras = RenderedCameras(folder, world, seed=5)
    pictures: dict[str, list[Image]] = {"ceiling-sw": [], "face-a": []}
    for t_s in times_s:
        world.advance(t_s)
        for camera, shown in pictures.items():
            jpeg = cameras.picture(CameraId(camera))
            shown.append(simplejpeg.decode_jpeg(jpeg, colorspace="BGR", min_width=640, fastdct=True))
    return {camera: tuple(shown) for camera, shown in pictures.items()}


def jpegs(picture_bgr: Image, count: int) -> list[bytes]:
    """The same picture from a sensor that trembles, again and again."""
    rng = np.random.default_rng(7)
    noisy = [
        np.clip(picture_bgr + rng.normal(0, _SENSOR_LEVELS, picture_bgr.shape), 0, 255).astype(np.uint8)
        for _ in range(count)
    ]
    return [bytes(simplejpeg.encode_jpeg(picture, quality=90, colorspace="BGR")) for picture in noisy]
