"""Smart cameras over TCP: what they say arrives in order with the engine's time, and nonsense is a fault."""

import time
from collections.abc import Callable, Iterator

import msgspec
import pytest

from drivers.camera import open_smart
from engine.domain import BodiesTracked, CameraId, PersonsSeen
from engine.ports import SmartCameraLink
from tests.drivers.camera.server import ScriptedServer, say
from tests.runtime.build import seen, wait_for


def line(fact: PersonsSeen | BodiesTracked) -> bytes:
    return msgspec.json.encode(fact) + b"\n"


@pytest.fixture
def listen() -> Iterator[Callable[[str], SmartCameraLink]]:
    opened: list[SmartCameraLink] = []

    def open_it(url: str) -> SmartCameraLink:
        opened.append(open_smart(url))
        return opened[-1]

    yield open_it
    for camera in opened:
        camera.close()


def hear(camera: SmartCameraLink, count: int) -> list[PersonsSeen | BodiesTracked]:
    heard: list[PersonsSeen | BodiesTracked] = []

    def enough() -> bool:
        heard.extend(camera.seen())
        return len(heard) >= count

    wait_for(enough)
    return heard


def test_what_it_says_arrives_in_order_stamped_on_arrival(listen: Callable[[str], SmartCameraLink]) -> None:
    began_ns = time.monotonic_ns()
    whole = line(seen(1)) + line(BodiesTracked(t_ns=2, bodies=())) + line(seen(3, persons=0))
    with ScriptedServer(say(whole[:70], whole[70:]), say()) as server:
        heard = hear(listen(f"tcp://127.0.0.1:{server.port}"), 3)
    assert [type(fact) for fact in heard] == [PersonsSeen, BodiesTracked, PersonsSeen]
    assert msgspec.structs.replace(heard[0], t_ns=0) == msgspec.structs.replace(seen(1), t_ns=0)
    assert began_ns < heard[0].t_ns <= heard[1].t_ns <= heard[2].t_ns < time.monotonic_ns()


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\n",
        b'{"type":"Tick","t_ns":1}\n',
        b'{"type":"PersonsSeen","t_ns":1,"camera_id":"\xff","frame_seq":1,"persons":[]}\n',
        b'{"type":"PersonsSeen","x":' + b"[" * 100_000 + b"\n",
        b"x" * 300_000,
    ],
    ids=["text", "another fact", "not UTF-8", "too deep", "a line without end"],
)
def test_nonsense_is_a_fault_that_names_the_address_and_the_next_connection_counts(
    listen: Callable[[str], SmartCameraLink], garbage: bytes
) -> None:
    with ScriptedServer(say(line(seen(1)), garbage), say(line(seen(2)))) as server:
        url = f"tcp://127.0.0.1:{server.port}"
        camera = listen(url)
        wait_for(lambda: camera.fault.startswith(f"{url}: said {garbage[:6]!r}"[:-1]))
        heard = hear(camera, 2)
    assert [fact.frame_seq for fact in heard[:2] if isinstance(fact, PersonsSeen)] == [1, 2]


def test_a_device_that_hangs_up_is_a_fault_and_is_called_again(listen: Callable[[str], SmartCameraLink]) -> None:
    with ScriptedServer(say(line(seen(1, camera="a")))) as server:
        url = f"tcp://127.0.0.1:{server.port}"
        camera = listen(url)
        wait_for(lambda: camera.fault.startswith(f"{url}: hung up; check"))
        assert {fact.camera_id for fact in hear(camera, 2) if isinstance(fact, PersonsSeen)} == {CameraId("a")}
    wait_for(lambda: "Connection refused" in camera.fault)


def test_when_nobody_asks_the_oldest_is_forgotten(listen: Callable[[str], SmartCameraLink]) -> None:
    with ScriptedServer(say(*[line(seen(n)) for n in range(200)]), say()) as server:
        camera = listen(f"tcp://127.0.0.1:{server.port}")
        wait_for(lambda: "hung up" in camera.fault)
        assert [fact.frame_seq for fact in camera.seen() if isinstance(fact, PersonsSeen)] == list(range(136, 200))


@pytest.mark.parametrize("url", ["tcp://127.0.0.1", "http://127.0.0.1:80", "127.0.0.1:80", "tcp://:80"])
def test_an_impossible_address_is_a_fault(listen: Callable[[str], SmartCameraLink], url: str) -> None:
    camera = listen(url)
    wait_for(lambda: camera.fault.startswith(f"{url}: not a tcp://host:port address"))
