"""Money as the operator's locale writes it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from console.qt._text import money


@pytest.fixture(autouse=True)
def usual_locale() -> Iterator[None]:
    usual = QLocale()
    yield
    QLocale.setDefault(usual)


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "written"),
    [
        ("en_GB", 1213, "EUR", "€12.13"),
        ("en_GB", -1213, "EUR", "−€12.13"),
        ("en_GB", 1213, "CHF", "CHF\u00a012.13"),
        ("de_DE", 1213, "EUR", "12,13\u00a0€"),
        ("de_DE", -1213, "CHF", "−12,13\u00a0CHF"),
        ("zh_CN", 123456, "JPY", "¥123,456"),
        ("C", 1213, "EUR", "€12.13"),
    ],
)
def test_money_is_written_as_the_locale_does(locale: str, minor: int, currency: str, written: str) -> None:
    QLocale.setDefault(QLocale(locale))
    assert money(minor, currency) == written
