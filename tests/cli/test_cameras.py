"""``tillfree cameras``: on real streams, and on stores that are seen too little."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.cli._cameras import app
from tests.drivers.camera.rtsp import Behaviour, RtspCamera
from tests.runtime.perception.store_pictures import DEMO
from tests.runtime.perception.test_discovery import cameras, match


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_probe_says_what_comes() -> None:
    with RtspCamera(Behaviour(user="viewer", password="s3cret")) as device:
        code, said = run(
            "probe", device.url(user="viewer", password="s3cret"), "--seconds", "2.5", "--transport", "udp"
        )
        assert device.transports == ["udp"]
    assert code == 0
    assert "picture    320 x 180, h264" in said
    fps = float(said.split("pictures   ")[1].split()[0])
    assert 22 < fps < 28
    assert "s3cret" not in said


def test_probe_says_why_nothing_comes() -> None:
    with RtspCamera(Behaviour(user="viewer", password="s3cret")) as device:
        code, said = run("probe", device.url(user="viewer", password="guess"), "--seconds", "1")
    assert code == 1
    assert "the user or password is wrong" in said
    assert "guess" not in said
    code, _ = run("probe", "rtsp://127.0.0.1:9/live", "--transport", "pigeon")
    assert code == 2


def watched(folder: Path, live: str, dead: str) -> Path:
    """A store with two cameras: one that delivers, one that does not."""
    store = Path(shutil.copytree(DEMO, folder / "store"))
    toml = (store / "store.toml").read_text()
    head, *cameras = toml.split("[[camera]]")
    tail = cameras[-1][cameras[-1].index("[[controller]]") :]
    sections = "".join(
        f'[[camera]]\nid = "{name}"\ndriver = "camera.opencv"\nurl = "{url}"\n\n'
        for name, url in (("ceiling-sw", live), ("ceiling-se", dead))
        if url
    )
    (store / "store.toml").write_text(head + sections + tail)
    return store


@pytest.mark.parametrize("dead", [True, False])
def test_watch_shows_every_stream_and_fails_when_one_does_not_come(tmp_path: Path, dead: bool) -> None:
    with RtspCamera() as device:
        lost = "rtsp://127.0.0.1:9/x" if dead else ""
        code, said = run("watch", "--store", str(watched(tmp_path, device.url(), lost)), "--seconds", "2.5")
    assert code == (1 if dead else 0)
    assert "320 x 180 h264" in said
    assert ("Connection" in said) == dead


def test_discover_lists_who_answers_and_fails_when_nobody_does() -> None:
    with cameras(lambda message: [match(message, "http://10.0.0.7/onvif")]) as (host, port):
        assert run("discover", "--seconds", "0.3", "--at", f"{host}:{port}") == (0, "10.0.0.7 http://10.0.0.7/onvif\n")
    with cameras(lambda _: []) as (host, port):
        code, said = run("discover", "--seconds", "0.3", "--at", f"{host}:{port}")
    assert code == 1
    assert "no camera answered" in said
    assert run("discover", "--at", "nowhere")[0] == 2


def test_coverage_passes_the_demo_store_and_draws_it(tmp_path: Path) -> None:
    png = tmp_path / "coverage.png"
    code, said = run("coverage", "--store", str(DEMO), "--png", str(png))
    assert code == 0
    assert "A-3-b: 3 cameras; " in said
    assert "too small to be told from others" in said
    assert png.read_bytes().startswith(b"\x89PNG")


def test_coverage_names_the_facings_that_too_few_cameras_see(tmp_path: Path) -> None:
    store = Path(shutil.copytree(DEMO, tmp_path / "store"))
    for camera in ("face-b", "ceiling-ne", "ceiling-se"):
        file = store / "calibration" / f"{camera}.toml"
        lines = [line for line in file.read_text().splitlines() if not line.startswith("look_at_m")]
        file.write_text("\n".join(["look_at_m = [9.0, 2.0, 1.0]", *lines]) + "\n")
    code, said = run("coverage", "--store", str(store))
    assert code == 1
    assert "too few cameras look into " in said.splitlines()[-1]
    assert "B-3-b" in said.splitlines()[-1]
    assert "B-3-b: 0 cameras" in said
