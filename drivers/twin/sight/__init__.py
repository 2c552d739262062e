"""The signal level's cameras: what the engine's perception would say of the people there, without pixels."""

from drivers.twin.sight._draw import ACROSS_M, FOLLOWED, INNER, LEAST_SEEN, SEEN_ENOUGH, WHOLE, features, group_of
from drivers.twin.sight._geometry import OFF
from drivers.twin.sight._model import (
    GROUPS,
    SHARES,
    SIGHTLINE_OF_CAUSE,
    SIGHTLINES,
    Boxes,
    FittedSight,
    Found,
    Ghosts,
    JointErrors,
    JointGroup,
    Mirrored,
    Odds,
    Persistence,
    Provenance,
    Sightline,
    SightModel,
    fitted_sight,
)
from drivers.twin.sight._sight import Sight, picture_limits
from drivers.twin.sight._views import View, Viewer

__all__ = [
    "ACROSS_M",
    "FOLLOWED",
    "GROUPS",
    "INNER",
    "LEAST_SEEN",
    "OFF",
    "SEEN_ENOUGH",
    "SHARES",
    "SIGHTLINES",
    "SIGHTLINE_OF_CAUSE",
    "WHOLE",
    "Boxes",
    "FittedSight",
    "Found",
    "Ghosts",
    "JointErrors",
    "JointGroup",
    "Mirrored",
    "Odds",
    "Persistence",
    "Provenance",
    "Sight",
    "SightModel",
    "Sightline",
    "View",
    "Viewer",
    "features",
    "fitted_sight",
    "group_of",
    "picture_limits",
]
