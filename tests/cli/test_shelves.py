"""``tillfree shelves``: live grams, commands with confirmation, and a profile for a device nobody described."""

import os
import pty
import select
import socketserver
import struct
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from drivers.shelf import RegisterCodec, parse_profile, read_profile
from drivers.shelf._framing import serial_frame
from engine.cli._shelves import app

Answer = Callable[[bytes], bytes]


@contextmanager
def device(answer: Answer) -> Iterator[int]:
    """A Modbus TCP device in a thread that answers requests without their frames; yields its port."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while head := self.request.recv(7, 8 * 32):  # MSG_WAITALL
                pdu = answer(self.request.recv(int.from_bytes(head[4:6], "big") - 1, 8 * 32))
                self.request.sendall(head[:4] + (len(pdu) + 1).to_bytes(2, "big") + head[6:] + pdu)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class Cells:
    """A controller that weighs ``grams`` as float32; to write register 100 + channel zeroes that channel."""

    def __init__(self, grams: list[float]) -> None:
        self.grams = grams
        self.written: list[bytes] = []

    def __call__(self, pdu: bytes) -> bytes:
        """Answer a read or a write."""
        function, address, count = struct.unpack(">BHH", pdu)
        if function == 4 or (function == 3 and address + count > 2 * len(self.grams)):
            return bytes([function | 0x80, 2])
        if function == 3:
            image = struct.pack(f">{len(self.grams)}f", *self.grams)
            return bytes([3, 2 * count]) + image[2 * address : 2 * (address + count)]
        self.written.append(pdu)
        self.grams[address - 100] = 0.0
        return pdu


ZEROING = """
[commands.zero]
eeprom_writes = 20
steps = [{ address = 100, stride = 1, write = [1] }]
"""


def wired(store: Path, port: int, commands: str = "") -> Path:
    """The store with its first controller at that port, and what its profile can be told."""
    settings = store / "store.toml"
    text = settings.read_text().replace("port = 7011", f"port = {port}")
    settings.write_text(text.replace('"generic-float32"', '"own"', 1))
    shipped = Path(__file__).parents[2] / "resources" / "profiles" / "generic-float32.toml"
    (store / "profiles").mkdir()
    (store / "profiles" / "own.toml").write_text(shipped.read_text() + commands)
    return store


def run(*arguments: str | Path, typed: str | None = None) -> str:
    """What the verb prints; it must go well."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def fails(*arguments: str | Path, typed: str | None = None) -> str:
    """What is said of what cannot be done."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], input=typed)
    assert result.exit_code != 0
    return str(result.exception)


@pytest.fixture
def cells() -> Cells:
    return Cells([10.5 * channel for channel in range(18)])


def test_every_cell_is_shown_with_its_plate(demo_store: Path, cells: Cells) -> None:
    with device(cells) as port:
        shown = run("watch", "--store", wired(demo_store, port), "--controller", "a-low", "--once")
    rows = [line.split() for line in shown.splitlines() if "a-low" in line]
    assert len(rows) == 18
    assert [cell for cell in rows[2] if cell not in "│┃"] == ["a-low", "2", "A-1-3", "21.0"]


def test_a_controller_that_is_not_there_is_shown_as_that(demo_store: Path) -> None:
    shown = run("watch", "--store", demo_store, "--controller", "b-low", "--seconds", "0.4")
    assert "b-low" in shown
    assert "cannot" in shown


def test_a_channel_is_zeroed_when_that_is_confirmed(demo_store: Path, cells: Cells) -> None:
    with device(cells) as port:
        store = wired(demo_store, port, ZEROING)
        wandered = store / "state" / "shelves" / "zero-drift.json"
        wandered.parent.mkdir(parents=True)
        wandered.write_text('{"A-1-3":41.5,"A-1-4":7.0}')
        said = run("zero", "a-low", "2", "--store", store, typed="y\n")
        assert wandered.read_text() == '{"A-1-4":7.0}'
        assert "a-low channel 2 weighs 21.0 g: zero it?" in said
        assert "done: it weighs 0.0 g now" in said
        assert cells.written == [struct.pack(">BHH", 6, 102, 1)]
        assert CliRunner().invoke(app, ["zero", "a-low", "3", "--store", str(store)], input="n\n").exit_code == 1
        assert len(cells.written) == 1
        assert "20 times today" in fails("zero", "a-low", "4", "--store", store, "--yes")
        assert len(cells.written) == 1


def test_what_cannot_be_told_names_the_remedy(demo_store: Path, cells: Cells) -> None:
    with device(cells) as port:
        store = wired(demo_store, port)
        assert "[commands.tare]" in fails("tare", "a-low", "0", "--store", store, "--yes")
        said = fails("span", "a-low", "0", "--known-weight-g", "500", "--store", store, "--yes")
        assert "[commands.span]" in said
        assert "Name one of those that are there: a-low" in fails("zero", "c-low", "0", "--store", store)
        assert "channels 0 to 17" in fails("zero", "a-low", "18", "--store", store)


def test_nothing_is_told_while_the_engine_runs(demo_store: Path, cells: Cells) -> None:
    with device(cells) as port, device(cells) as door:
        store = wired(demo_store, port, ZEROING)
        settings = store / "store.toml"
        settings.write_text(settings.read_text().replace("127.0.0.1:5702", f"127.0.0.1:{door}"))
        assert "the engine runs" in fails("zero", "a-low", "0", "--store", store, "--yes")
    assert cells.written == []


# --- probe --------------------------------------------------------------------------------------------------------

CHANNELS = 4


class Unknown:
    """Tenths of a gram as int32, low word first, from register 6 on; at most 16 registers a read, none above 19.

    Channels 0 and 1 are wired the other way round. As the readings go on the weight comes on channels 0, 1 and 2 in
    turn, with a moment on none between them, then the plate of channel 0 is pulled up.
    """

    def __init__(self) -> None:
        self.readings = 0
        self.rng = np.random.default_rng(1)

    def grams(self) -> list[float]:
        """What each channel weighs now."""
        stages = [(60, None), (140, 0), (160, None), (240, 1), (260, None), (340, 2), (360, None)]
        lying = [0.0] * CHANNELS
        for until, channel in stages:
            if self.readings < until:
                if channel is not None:
                    lying[channel] = 1000.0
                return lying
        return [-350.0, *lying[1:]]

    def __call__(self, pdu: bytes) -> bytes:
        """Answer a read; refuse the rest."""
        function, address, count = struct.unpack(">BHH", pdu)
        if function == 4:
            return b""  # no answer that anybody could read
        if address + count > 20 or count > 16:
            return bytes([function | 0x80, 2])
        self.readings += address == 0
        image = [7, self.readings & 0xFFFF, 0, 0, 0, 1, *self.weights(), *[0] * 6]
        return struct.pack(f">BB{count}H", function, 2 * count, *image[address : address + count])

    def weights(self) -> list[int]:
        """The registers of the channels."""
        first, second, *others = self.grams()
        counts = [round(10 * (4 + grams + self.rng.normal(0, 0.3))) for grams in (second, first, *others)]
        return [word for value in counts for word in (value & 0xFFFF, value >> 16 & 0xFFFF)]


def test_a_profile_is_written_for_a_device_nobody_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.shelf._probe._PAUSE_S", 0.0)
    out = tmp_path / "profiles" / "found.toml"
    with device(Unknown()) as port:
        where = f"127.0.0.1:{port}"
        said = run("probe", where, "--known-weight-g", "1000", "--out", out, "--channels", "3", "--unattended")
    assert "registers 0 to 19 by function 3; at most 16 a read" in said
    assert "Put 1000 g on channel 2" in said
    profile = read_profile(out)
    assert (profile.weight.address, profile.weight.type, profile.weight.word_order) == (6, "int32", "low_first")
    assert (profile.weight.scale_g, profile.channels.stride, profile.channels.order) == (0.1, 2, (1, 0, 2))
    (read,) = RegisterCodec(profile, 3).reads
    registers = struct.pack(">6H", 2000, 0, 0x10000 - 3500, 0xFFFF, 5, 0)
    assert RegisterCodec(profile, 3).decode([registers]).grams.tolist() == pytest.approx([-350.0, 200.0, 0.5])
    assert read.count == 6


@contextmanager
def on_a_bus(answer: Answer) -> Iterator[str]:
    """The device as unit 1 of a serial bus; yields the bus's path. An empty answer is silence."""
    ours, theirs = pty.openpty()
    tty.setraw(ours)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            if select.select([ours], [], [], 0.02)[0]:
                request = os.read(ours, 256)
                said = answer(request[1:-2])
                if said:
                    os.write(ours, serial_frame(request[0], said))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield os.ttyname(theirs)
    finally:
        over.set()
        thread.join()
        os.close(ours)
        os.close(theirs)


def test_a_device_on_a_serial_bus_is_probed_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.shelf._probe._PAUSE_S", 0.0)
    out = tmp_path / "found.toml"
    with on_a_bus(Unknown()) as bus:
        line = (bus, "--baud", "115200", "--parity", "none")
        run("probe", *line, "--known-weight-g", "1000", "--out", out, "--channels", "2", "--no-below-zero")
    text = out.read_text()
    assert "No weight below zero was seen" in text
    assert parse_profile(text).weight == read_profile(out).weight
    assert (read_profile(out).weight.scale_g, read_profile(out).channels.order) == (0.1, (1, 0))


class Staged(Unknown):
    """The same device, with what lies on it in the test's hands."""

    lying = (0.0, 0.0, 0.0, 0.0)

    def grams(self) -> list[float]:
        """What each channel weighs now."""
        return list(self.lying)


def test_at_a_terminal_every_step_is_asked_for(tmp_path: Path) -> None:
    there, out = Staged(), tmp_path / "found.toml"
    steps = [(0.0, 0.0, 0.0, 0.0), (1000.0, 0.0, 0.0, 0.0), (-350.0, 0.0, 0.0, 0.0)]
    keyboard, terminal = pty.openpty()
    with device(there) as port:
        command = [sys.executable, "-m", "engine.cli", "shelves", "probe", f"127.0.0.1:{port}"]
        command += ["--known-weight-g", "1000", "--out", str(out)]
        with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, cwd=tmp_path) as process:
            assert process.stdout is not None
            asked = []
            for lying in steps:
                said = b""
                while not said.endswith(b"press Enter: "):
                    said += process.stdout.read(1) or pytest.fail(said.decode())
                asked.append(said.decode())
                there.lying = lying
                os.write(keyboard, b"\n")
            process.stdout.read()
        assert process.returncode == 0
    os.close(keyboard)
    os.close(terminal)
    assert ["weight off" in asked[0], "Put 1000 g on channel 0" in asked[1], "pull up" in asked[2]] == [True] * 3
    weight = read_profile(out).weight
    assert (weight.address, weight.word_order, weight.scale_g) == (8, "low_first", 0.1)


def test_a_weight_that_never_comes_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.shelf._probe._PAUSE_S", 0.0)
    monkeypatch.setattr("engine.cli._shelves._MOVES_WITHIN_S", 0.3)
    with device(Cells([5.0, 6.0])) as port:
        arguments = (f"127.0.0.1:{port}", "--known-weight-g", "1000", "--last-register", "3")
        said = fails("probe", *arguments, "--out", tmp_path / "found.toml", "--unattended")
    assert "nothing changed within 0.3 s: put 1000 g on channel 0" in said


def test_a_device_without_registers_is_said(tmp_path: Path) -> None:
    out = tmp_path / "found.toml"
    with device(lambda pdu: bytes([pdu[0] | 0x80, 2])) as port:
        said = fails("probe", f"127.0.0.1:{port}", "--known-weight-g", "1000", "--out", out, "--unattended")
    assert "has no registers from 0 on: look further with --last-register" in said
    assert not out.exists()
