"""Cameras: MJPEG over HTTP, anything OpenCV opens (RTSP, files), and smart cameras that send people, not pictures."""

from drivers.camera._mjpeg import MultipartReader, open_mjpeg
from drivers.camera._opencv import open_opencv
from drivers.camera._smart import open_smart

__all__ = ["MultipartReader", "open_mjpeg", "open_opencv", "open_smart"]
