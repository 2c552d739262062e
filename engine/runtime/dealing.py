"""Which perception process looks at which cameras."""

from engine.domain import CameraId
from engine.store import StoreFolder

PERCEPTION = "perception-"
"""What their names begin with; the number follows."""


def perception_processes(folder: StoreFolder) -> int:
    """Never more processes than cameras."""
    return min(folder.installation.perception.processes, len(folder.installation.camera))


def cameras_of(folder: StoreFolder, number: int) -> tuple[CameraId, ...]:
    """The cameras of one perception process: dealt in turn, so that neighbours do not share one."""
    cameras = [section.id for section in folder.installation.camera]
    return tuple(cameras[number :: perception_processes(folder)])
