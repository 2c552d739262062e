"""Who a link trusts and how it shows itself, from PEM files."""

import ssl
from pathlib import Path

from engine.ports import SettingsError, TlsFiles


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """TLS 1.2 or later with the device's certificate checked against ``ca``. Raises ``SettingsError``."""
    _require(files.ca, "tls.ca", "the certificate of whoever signed the device's")
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(files.ca))
    except ssl.SSLError:
        raise SettingsError(f"{files.ca}: tls.ca: not a certificate. Put one in PEM there") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.certificate is None and files.key is None:
        return context
    if files.certificate is None or files.key is None:
        missing = "certificate" if files.certificate is None else "key"
        raise SettingsError(f"tls.{missing}: missing. A certificate and its key go together")
    _require(files.certificate, "tls.certificate", "our certificate")
    _require(files.key, "tls.key", "our certificate's key")
    try:
        context.load_cert_chain(files.certificate, files.key, password=_no_password)
    except ssl.SSLError:
        problem = f"not the key of {files.certificate}, or one of the two is not PEM"
        raise SettingsError(f"{files.key}: tls.key: {problem}. Put the two that belong together there") from None
    except _PasswordError:
        remedy = "Put it there without, readable by the engine alone"
        raise SettingsError(
            f"{files.key}: tls.key: needs a pass phrase, and nobody is there to type it. {remedy}"
        ) from None
    return context


class _PasswordError(Exception):
    pass


def _no_password() -> str:
    raise _PasswordError


def _require(file: Path, key: str, what: str) -> None:
    try:
        file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: {key}: {error.strerror}. Put {what} (PEM) there") from None
