"""Cameras: MJPEG over HTTP, what OpenCV opens (RTSP, USB, files), and smart cameras that send people, no pictures."""

from drivers.camera._mjpeg import MultipartReader, open_mjpeg
from drivers.camera._opencv import open_opencv
from drivers.camera._smart import open_smart

__all__ = ["MultipartReader", "open_mjpeg", "open_opencv", "open_smart"]
