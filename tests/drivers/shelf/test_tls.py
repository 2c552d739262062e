"""TLS both ways: who is trusted, who is not, and what is said of files that do not do."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import resources
from drivers.shelf import open_modbus
from engine.ports import DeviceError, SettingsError, ShelfDevice, TlsFiles

FLOAT32 = Path(resources.__file__).parent / "profiles" / "generic-float32.toml"
NOW = datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key in files, and the means to sign others."""

    certificate: Path
    key: Path
    name: x509.Name
    private: ec.EllipticCurvePrivateKey


def sign(folder: Path, name: str, by: Signed | None = None) -> Signed:
    """A certificate for 127.0.0.1; without ``by`` it signs itself and others."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    authority_key = (by.private if by else private).public_key()
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.name if by else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(address, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key), critical=False)
        .sign(by.private if by else private, hashes.SHA256())
    )
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key.pem"
    certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return Signed(certificate, key, subject, private)


@pytest.fixture
def ours(tmp_path: Path) -> Signed:
    return sign(tmp_path, "ours")


@asynccontextmanager
async def device(shown: Signed, *, trusts: Signed | None = None) -> AsyncIterator[int]:
    """A controller with one channel of 42 g that shows a certificate, and asks for one where it trusts somebody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate, shown.key)
    if trusts is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(trusts.certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await reader.readexactly(12):
                writer.write(request[:5] + b"\x07" + request[6:8] + bytes.fromhex("0442280000"))
        except (asyncio.IncompleteReadError, OSError):
            writer.transport.abort()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def link(port: int, files: TlsFiles) -> ShelfDevice:
    return open_modbus("127.0.0.1", port, unit=1, profile=FLOAT32, channels=1, tls=files)


async def test_both_sides_show_a_certificate(tmp_path: Path, ours: Signed) -> None:
    there, here = sign(tmp_path, "device", ours), sign(tmp_path, "engine", ours)
    async with device(there, trusts=ours) as port:
        trusted = link(port, TlsFiles(ca=ours.certificate, certificate=here.certificate, key=here.key))
        assert (await trusted.read()).grams.tolist() == [42.0]
        await trusted.close()


async def test_a_device_that_somebody_else_signed_is_not_trusted(tmp_path: Path, ours: Signed) -> None:
    stranger = sign(tmp_path, "stranger")
    async with device(sign(tmp_path, "device", stranger)) as port:
        with pytest.raises(DeviceError, match="certificate is not trusted"):
            await link(port, TlsFiles(ca=ours.certificate)).read()


async def test_a_device_with_another_name_is_not_trusted_unless_it_is_named(tmp_path: Path, ours: Signed) -> None:
    async with device(sign(tmp_path, "device", ours)) as port:
        with pytest.raises(DeviceError, match="certificate is not trusted: Hostname mismatch"):
            await link(port, TlsFiles(ca=ours.certificate, server_name="shelves")).read()


async def test_a_device_that_wants_our_certificate_refuses_without(tmp_path: Path, ours: Signed) -> None:
    async with device(sign(tmp_path, "device", ours), trusts=ours) as port:
        with pytest.raises(DeviceError, match=r"hung up|TLS failed") as error:
            await link(port, TlsFiles(ca=ours.certificate)).read()
        assert error.value.kind == "unreachable"


def test_files_that_do_not_do_are_named_with_key_and_remedy(tmp_path: Path, ours: Signed) -> None:
    other = sign(tmp_path, "other")
    text = tmp_path / "text.pem"
    text.write_text("no certificate")
    locked = tmp_path / "locked.pem"
    secret = serialization.BestAvailableEncryption(b"secret")
    private = ours.private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    locked.write_bytes(private)
    absent = tmp_path / "absent.pem"
    wrong = {
        "absent.pem: tls.ca: No such file": TlsFiles(ca=absent),
        "text.pem: tls.ca: not a certificate": TlsFiles(ca=text),
        "tls.key: missing": TlsFiles(ca=ours.certificate, certificate=ours.certificate),
        "tls.certificate: missing": TlsFiles(ca=ours.certificate, key=ours.key),
        "absent.pem: tls.certificate": TlsFiles(ca=ours.certificate, certificate=absent, key=ours.key),
        "other.key.pem: tls.key: not the key of": TlsFiles(
            ca=ours.certificate, certificate=ours.certificate, key=other.key
        ),
        "locked.pem: tls.key: needs a pass phrase": TlsFiles(
            ca=ours.certificate, certificate=ours.certificate, key=locked
        ),
    }
    for said, files in wrong.items():
        with pytest.raises(SettingsError) as error:
            link(1, files)
        assert said in str(error.value)
