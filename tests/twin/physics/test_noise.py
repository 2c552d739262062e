"""The fitted noise: what ships is whole, what no cell can do is refused, and draws follow the quantiles."""

import msgspec
import numpy as np
import pytest

from drivers.twin.physics import QUANTILES, CellErrors, PlateNoise, fitted_plates

PLATES = 400


def test_what_ships_says_where_it_comes_from() -> None:
    provenance = fitted_plates().provenance
    assert "fit-noise" in provenance.command
    assert provenance.on[:2] == "20"
    assert "level_g" in provenance.fitted
    assert "ring_share" in provenance.assumed


def test_levels_follow_the_quantiles_and_shaking_is_the_same_however_often_it_is_asked() -> None:
    noise = fitted_plates().noise
    errors = CellErrors(noise, [0] * PLATES, seed=4)
    wanted = dict(zip(QUANTILES, noise.level_g, strict=True))
    assert np.median(errors.level_g) == pytest.approx(wanted[0.5], rel=0.15)
    assert np.quantile(errors.level_g, 0.9) == pytest.approx(wanted[0.9], rel=0.15)
    loudness = [np.median(np.abs(errors.draw_g(second, 1)) / errors.level_g) for second in (3, 4, 3)]
    assert loudness[0] == pytest.approx(loudness[2], rel=0.25)


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("level_g", (1.0, 2.0), "level_g: 13 quantiles"),
        ("shaken", tuple(reversed(QUANTILES)), "shaken: 13 quantiles"),
        ("freedom", 2.0, "freedom: more than 2"),
        ("step_g", 0.0, "more than 0"),
    ],
)
def test_what_no_cell_can_do_is_refused(field: str, value: object, complaint: str) -> None:
    fields = msgspec.to_builtins(fitted_plates().noise) | {field: value}
    with pytest.raises(msgspec.ValidationError, match=complaint):
        msgspec.convert(fields, PlateNoise)
