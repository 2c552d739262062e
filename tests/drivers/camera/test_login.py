"""Users and passwords on the wire, by the examples of the standards."""

import hashlib
import re

import pytest

from drivers.camera._address import Login, login_of, without_login
from drivers.camera._login import authorisation

LOGIN = Login("Mufasa", "Circle Of Life")
OLD = (
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)


def fields_of(said: str) -> dict[str, str]:
    return {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]+))', said)}


def test_basic_is_as_rfc_7617_has_it() -> None:
    said = authorisation(['Basic realm="WallyWorld"'], Login("Aladdin", "open sesame"), method="GET", uri="/")
    assert said == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize(
    ("tail", "name"),
    [("", "MD5"), (', qop="auth"', "MD5"), (", algorithm=SHA-256", "SHA-256")],
)
def test_digest_says_what_the_device_can_check(tail: str, name: str) -> None:
    said = authorisation([OLD + tail], LOGIN, method="GET", uri="/dir/index.html")
    assert said is not None

    def hashed(text: str) -> str:
        return hashlib.new(name.replace("-", ""), text.encode()).hexdigest()

    fields = fields_of(said)
    secret, what = hashed("Mufasa:testrealm@host.com:Circle Of Life"), hashed("GET:/dir/index.html")
    middle = f":{fields['nc']}:{fields['cnonce']}:auth:" if "qop" in tail else ":"
    assert fields["response"] == hashed(f"{secret}:{fields['nonce']}{middle}{what}")
    assert fields["opaque"] == "5ccc069c403ebaf9f0171e9517f40e41"
    assert fields["algorithm"] == name
    assert ("qop" in fields) == ("qop" in tail)
    assert "Circle" not in said


def test_the_better_way_is_taken_and_an_unknown_one_is_not() -> None:
    offered = ['Basic realm="a"', OLD, OLD + ", algorithm=SHA-256"]
    said = authorisation(offered, LOGIN, method="GET", uri="/")
    assert said is not None
    assert "algorithm=SHA-256" in said
    assert authorisation(["Negotiate"], LOGIN, method="GET", uri="/") is None


def test_an_address_is_shown_without_its_login() -> None:
    url = "rtsp://me:a%40b%3A@cam.local:8554/live?channel=1"
    assert without_login(url) == "rtsp://cam.local:8554/live?channel=1"
    assert login_of(url) == Login("me", "a@b:")
    assert "a@b" not in repr(login_of(url))
    assert login_of("rtsp://cam.local/live") is None
