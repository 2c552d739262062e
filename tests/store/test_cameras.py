"""Cameras in a store folder: addresses that no driver can read, logins that others may read, and what is never said."""

from pathlib import Path

import pytest

from engine.store import StoreFolderError, open_store
from tests.store.conftest import edit

URL = 'url = "http://127.0.0.1:7001/face-a"'
DRIVER = 'id = "face-a"\ndriver = "camera.mjpeg"\n'


def logins(folder: Path, text: str, mode: int = 0o600) -> None:
    file = folder / "keys" / "cameras.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


@pytest.mark.parametrize(
    ("driver", "url", "key", "remedy"),
    [
        ("camera.mjpeg", "rtsp://cam/live", "url", "http://HOST:PORT/PATH"),
        ("camera.mjpeg", "http:///cam", "url", "http://HOST:PORT/PATH"),
        ("camera.mjpeg", "http://cam:99999/x", "url", "http://HOST:PORT/PATH"),
        ("camera.smart", "tcp://cam", "url", "tcp://HOST:PORT"),
        ("camera.opencv", "rtsp:///live", "url", "rtsp://HOST/PATH"),
        ("camera.opencv", "ftp://cam/live", "url", "rtsp://HOST/PATH"),
        ("camera.opencv", "", "url", "rtsp://HOST/PATH"),
        ("camera.opencv", 'rtsp://cam/a"\nsubstream = "gopher://cam/b', "substream", "rtsp://HOST/PATH"),
        ("camera.opencv", 'rtsp://cam/a"\nsubstream = "rtsp://cam/a', "substream", "Give the smaller"),
        ("camera.opencv", 'video.mp4"\ntransport = "udp', "transport", "Remove transport"),
    ],
)
def test_an_address_that_cannot_be_is_named_with_its_key(
    folder: Path, driver: str, url: str, key: str, remedy: str
) -> None:
    edit(folder, DRIVER + URL, f'id = "face-a"\ndriver = "{driver}"\nurl = "{url}"')
    with pytest.raises(StoreFolderError) as raised:
        open_store(folder)
    assert f"store.toml: face-a.{key}: " in str(raised.value)
    assert remedy in str(raised.value)


@pytest.mark.parametrize(
    ("driver", "url"),
    [
        ("camera.mjpeg", "http://u:p@cam/x"),
        ("camera.opencv", "rtsp://u:p@10.0.0.7:8554/a?b=1"),
        ("camera.opencv", "rtsp://[fe80::1]/live"),
        ("camera.opencv", "usb:/dev/video0?width=1280"),
        ("camera.opencv", "videos/aisle 3.mp4"),
        ("camera.opencv", 'rtsp://cam/main"\nsubstream = "rtsp://cam/sub"\ntransport = "udp'),
        ("mine.own", "anything"),
    ],
)
def test_addresses_that_drivers_read_are_taken(folder: Path, driver: str, url: str) -> None:
    edit(folder, DRIVER + URL, f'id = "face-a"\ndriver = "{driver}"\nurl = "{url}"')
    open_store(folder)


def test_a_login_goes_into_the_address_and_is_shown_nowhere(folder: Path) -> None:
    edit(folder, URL, 'url = "http://127.0.0.1:7001/face-a"\nsubstream = "http://127.0.0.1:7001/small"')
    logins(folder, '[face-a]\nuser = "viewer"\npassword = "p@ss:/w"\n')
    store = open_store(folder)
    section = next(section for section in store.installation.camera if section.id == "face-a")
    assert store.address(section, section.url) == "http://viewer:p%40ss%3A%2Fw@127.0.0.1:7001/face-a"
    assert store.address(section, section.substream) == "http://viewer:p%40ss%3A%2Fw@127.0.0.1:7001/small"
    other = store.installation.camera[0]
    assert store.address(other, other.url) == other.url
    assert "p@ss" not in repr(store)
    assert "p@ss" not in repr(store.logins["face-a"])


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        ('[face-a]\nuser = "u"\npassword = "secret"\n', 0o644, ("mode", "others may read it", "chmod 600")),
        ('[face-z]\nuser = "u"\npassword = "secret"\n', 0o600, ("face-z", "no such camera")),
        ('[face-a]\nuser = "u"\n', 0o600, ("face-a", "password", "Mend")),
        ('[face-a]\nuser = "u"\npassword = "secret"\nrealm = "x"\n', 0o600, ("face-a", "realm", "Mend")),
        ('[face-b]\nuser = "u"\npassword = "secret"\n', 0o600, ("face-b", "names a user too", "Keep the login here")),
    ],
)
def test_what_is_wrong_with_logins_is_named_without_them(
    folder: Path, text: str, mode: int, said: tuple[str, ...]
) -> None:
    edit(folder, 'url = "http://127.0.0.1:7001/face-b"', 'url = "http://x:secret@127.0.0.1:7001/face-b"')
    logins(folder, text, mode)
    with pytest.raises(StoreFolderError) as raised:
        open_store(folder)
    assert all(part in str(raised.value) for part in ("keys/cameras.toml", *said))
    assert "secret" not in str(raised.value)
