"""No pixels leave perception but where the topic table says so, and none reach the journal."""

import msgspec
import pytest
from msgspec import inspect

from engine.domain import BackgroundPlate, Command, Evidence, InputFact, OutputFact, Recorded, Request, VisitOpened
from engine.wire import TOPICS, Topic
from tests.wire.values import messages_of, types_in

# Whatever can hold a picture: raw bytes in any form, numbers in lists without end, or anything at all.
PIXELS = {
    inspect.BytesType,
    inspect.ByteArrayType,
    inspect.MemoryViewType,
    inspect.ExtType,
    inspect.RawType,
    inspect.AnyType,
    inspect.CustomType,
    inspect.ListType,
    inspect.DictType,
}


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_holds_pixels_only_if_the_table_says_so(topic: Topic) -> None:
    assert bool(types_in(topic.body) & PIXELS) is topic.pixels


@pytest.mark.parametrize("kind", [Recorded, Request, Command, Evidence, *messages_of(InputFact | OutputFact)])
def test_nothing_that_is_journaled_ledgered_or_asked_holds_pixels(kind: object) -> None:
    assert types_in(kind) & PIXELS == set()


def test_the_search_finds_pixels_however_deep_they_hide() -> None:
    class Deep(msgspec.Struct):
        plates: tuple[tuple[int, BackgroundPlate | None], ...]

    class Loose(msgspec.Struct):
        anything: VisitOpened | list[int]

    assert inspect.BytesType in types_in(Deep)
    assert inspect.ListType in types_in(Loose)
