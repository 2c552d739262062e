"""The shipped models, opened once."""

import pytest

from engine.vision import Model, load_model


@pytest.fixture(scope="session")
def nanodet() -> Model:
    return load_model("nanodet-320x544-int8")


@pytest.fixture(scope="session", params=["movenet-lightning", "movenet-thunder-int8"])
def movenet(request: pytest.FixtureRequest) -> Model:
    """Each of the pose models."""
    return load_model(request.param)


@pytest.fixture(scope="session")
def efficientnet() -> Model:
    return load_model("efficientnet-lite0")
