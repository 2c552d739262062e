"""The twin's cameras: people, fixtures and products as pictures, with true joints; a CPU rasteriser of our own."""

from drivers.twin.render._body import BODIES_FOLDER, Body, load_bodies, load_body
from drivers.twin.render._camera import CameraRenderer
from drivers.twin.render._front import HEAD_M, SILL_M, windows_of
from drivers.twin.render._optics import PLAIN, Optics, RoomLight
from drivers.twin.render._picture import render_product_picture
from drivers.twin.render._pose import JOINTS, STRIDE_M, Pose, Posed, arm_reach_m, joints, put_in_pose
from drivers.twin.render._scene import HeldItem, SceneItem, StoreScene

__all__ = [
    "BODIES_FOLDER",
    "HEAD_M",
    "JOINTS",
    "PLAIN",
    "SILL_M",
    "STRIDE_M",
    "Body",
    "CameraRenderer",
    "HeldItem",
    "Optics",
    "Pose",
    "Posed",
    "RoomLight",
    "SceneItem",
    "StoreScene",
    "arm_reach_m",
    "joints",
    "load_bodies",
    "load_body",
    "put_in_pose",
    "render_product_picture",
    "windows_of",
]
