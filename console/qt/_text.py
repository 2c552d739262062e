"""Money, times and dates as the operator's locale writes them."""

from PySide6.QtCore import QDateTime, QLocale, QTimeZone

from console.language import _
from console.qt._speech import locale
from engine.domain import MINOR_DIGITS

_SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_NO_BREAK = "\u00a0"


def money(minor: int, currency: str) -> str:
    """An amount with its currency, in the operator's locale."""
    digits = MINOR_DIGITS.get(currency, 0)
    symbol = _SYMBOLS.get(currency, currency + _NO_BREAK)
    amount = locale().toCurrencyString(abs(minor) / 10**digits, symbol, digits).strip()
    return _("−{money}", money=amount) if minor < 0 else amount


def date_time(wall_ns: int) -> str:
    """Local date and time of day of a UTC instant, short."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ns // 1_000_000, QTimeZone.systemTimeZone())
    return locale().toString(moment, QLocale.FormatType.ShortFormat)


def clock_time(wall_ns: int, *, seconds: bool = True) -> str:
    """Local time of day of a UTC instant."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ns // 1_000_000, QTimeZone.systemTimeZone())
    return locale().toString(moment, "HH:mm:ss" if seconds else "HH:mm")
