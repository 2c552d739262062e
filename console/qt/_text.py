"""Money, times and dates as the operator's locale writes them."""

from PySide6.QtCore import QDateTime, QLocale, QTimeZone

_MINOR_DIGITS_0 = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "XXX"})
_MINOR_DIGITS_3 = frozenset({"BHD", "KWD", "OMR", "TND", "JOD"})
_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def money(minor: int, currency: str) -> str:
    """An amount with its currency, in the operator's locale."""
    digits = 0 if currency in _MINOR_DIGITS_0 else 3 if currency in _MINOR_DIGITS_3 else 2
    amount = QLocale().toString(abs(minor) / 10**digits, "f", digits)
    sign = "−" if minor < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{amount}"


def clock_time(wall_ns: int, *, seconds: bool = True) -> str:
    """Local time of day of a UTC instant."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ns // 1_000_000, QTimeZone.systemTimeZone())
    return moment.toString("HH:mm:ss" if seconds else "HH:mm")
