"""Amounts are written with their currency's digits."""

import pytest

from engine.domain import MINOR_DIGITS, in_major


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (1205, "EUR", "12.05"),
        (-5, "USD", "-0.05"),
        (1205, "JPY", "1205"),
        (1205, "KWD", "1.205"),
        (-120_500, "CLF", "-12.0500"),
        (9_007_199_254_740_993, "CNY", "90071992547409.93"),
    ],
)
def test_an_amount_in_the_major_unit_is_exact(minor: int, currency: str, written: str) -> None:
    assert in_major(minor, currency) == written


def test_every_currency_of_the_standard_that_has_a_minor_unit_is_there() -> None:
    assert len(MINOR_DIGITS) == 165
    assert "XAU" not in MINOR_DIGITS
