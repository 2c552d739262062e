"""The shipped models, opened once."""

import pytest

from engine.vision import Model, load_model


@pytest.fixture(scope="session")
def nanodet() -> Model:
    return load_model("nanodet-320x544-int8")


@pytest.fixture(scope="session")
def movenet() -> Model:
    return load_model("movenet-lightning")


@pytest.fixture(scope="session")
def efficientnet() -> Model:
    return load_model("efficientnet-lite0")
