"""Money, times and dates as the operator's locale writes them."""

from PySide6.QtCore import QDateTime, QLocale, QTimeZone

from engine.domain import MINOR_DIGITS

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}


def money(minor: int, currency: str) -> str:
    """An amount with its currency, in the operator's locale."""
    digits = MINOR_DIGITS.get(currency, 0)
    amount = QLocale().toString(abs(minor) / 10**digits, "f", digits)
    sign = "−" if minor < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{amount}"


def date_time(wall_ns: int) -> str:
    """Local date and time of day of a UTC instant, short."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ns // 1_000_000, QTimeZone.systemTimeZone())
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def clock_time(wall_ns: int, *, seconds: bool = True) -> str:
    """Local time of day of a UTC instant."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ns // 1_000_000, QTimeZone.systemTimeZone())
    return moment.toString("HH:mm:ss" if seconds else "HH:mm")
