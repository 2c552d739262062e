"""The one table of topics. Liveness, the codec, the privacy test and the console's health page read it."""

from dataclasses import dataclass

from engine.domain import BackgroundPlate, CameraOverlay, EngineHealth, FloorView, Leases, OutputFact, StockView


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What is published under a name. Lossy topics are latest-wins; the others carry ``epoch`` and ``seq``."""

    name: str
    body: object
    expected_hz: float
    lossy: bool
    pixels: bool = False


FACTS = Topic(name="facts", body=OutputFact, expected_hz=0.0, lossy=False)
FLOOR = Topic(name="floor", body=FloorView, expected_hz=10.0, lossy=True)
LEASES = Topic(name="leases", body=Leases, expected_hz=1.0, lossy=True)
OVERLAY = Topic(name="overlay", body=CameraOverlay, expected_hz=10.0, lossy=True)
STOCK = Topic(name="stock", body=StockView, expected_hz=0.2, lossy=True)
HEALTH = Topic(name="health", body=EngineHealth, expected_hz=1.0, lossy=True)
BACKGROUND = Topic(name="background", body=BackgroundPlate, expected_hz=0.0, lossy=True, pixels=True)

TOPICS = (FACTS, FLOOR, STOCK, LEASES, OVERLAY, HEALTH, BACKGROUND)
