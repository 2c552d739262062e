"""What a console is shown: so many cameras, shoppers and cases, and how often."""

import msgspec


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One engine's talk. ``hours_per_hour`` of trade are told in an hour."""

    cameras: int
    camera_hz: float
    shoppers: int
    floor_hz: float
    cases: int = 0
    hours_per_hour: float = 0.0


GRID = Load(cameras=25, camera_hz=15.0, shoppers=30, floor_hz=10.0)
MAP = Load(cameras=6, camera_hz=0.0, shoppers=100, floor_hz=20.0)
REVIEW = Load(cameras=6, camera_hz=10.0, shoppers=6, floor_hz=10.0, cases=60)
DAY = Load(cameras=6, camera_hz=10.0, shoppers=12, floor_hz=10.0, hours_per_hour=240.0)
