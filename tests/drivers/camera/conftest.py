"""A picture that survives JPEG: flat areas."""

import numpy as np
import pytest
import simplejpeg

from engine.ports import Image


@pytest.fixture(scope="session")
def picture_bgr() -> Image:
    picture = np.full((360, 640, 3), 60, np.uint8)
    picture[100:260, 200:440] = (40, 160, 220)
    return picture


@pytest.fixture(scope="session")
def jpeg(picture_bgr: Image) -> bytes:
    return bytes(simplejpeg.encode_jpeg(picture_bgr, quality=95, colorspace="BGR"))
