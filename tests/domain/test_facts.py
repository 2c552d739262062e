"""Facts hold what they promise: shapes, distinct names, and nothing that can be changed afterwards."""

from typing import Any, get_args

import msgspec
import pytest

from engine.domain import (
    KEYPOINTS,
    CameraId,
    GateId,
    InputFact,
    OutputFact,
    PersonSeen,
    PersonsSeen,
    Reply,
    Request,
    VisitId,
    VisitOpened,
)

BOX = (0.0, 0.0, 1.0, 1.0)


@pytest.mark.parametrize("count", [0, 3 * KEYPOINTS])
def test_a_person_has_all_joints_or_none(count: int) -> None:
    assert len(PersonSeen(xyxy_px=BOX, score=1.0, keypoints=(0.5,) * count).keypoints) == count


@pytest.mark.parametrize("count", [1, 3 * KEYPOINTS - 1, 3 * KEYPOINTS + 1])
def test_a_person_with_some_joints_is_refused_when_built_and_when_read(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} numbers, expected 0 or 51"):
        PersonSeen(xyxy_px=BOX, score=1.0, keypoints=(0.5,) * count)
    sent: dict[str, Any] = {"xyxy_px": BOX, "score": 1.0, "keypoints": [0.5] * count}
    with pytest.raises(msgspec.ValidationError, match="expected 0 or 51"):
        msgspec.convert(sent, PersonSeen)


@pytest.mark.parametrize("union", [InputFact, OutputFact, Request, Reply], ids=["input", "output", "request", "reply"])
def test_every_message_of_a_union_has_a_name_of_its_own(union: object) -> None:
    tags = [kind.__struct_config__.tag for kind in get_args(union)]
    assert len(set(tags)) == len(tags) > 2
    assert all(kind.__struct_config__.frozen for kind in get_args(union))


def test_a_fact_cannot_be_changed() -> None:
    fact = VisitOpened(t_ns=1, visit_id=VisitId("v"), gate_id=GateId("g"), staff=False)
    with pytest.raises(AttributeError, match="immutable"):
        fact.staff = True  # type: ignore[misc]
    assert hash(fact) == hash(msgspec.structs.replace(fact))


def test_an_empty_frame_says_that_nobody_was_seen() -> None:
    empty = PersonsSeen(t_ns=1, camera_id=CameraId("c"), frame_seq=1, persons=())
    assert msgspec.json.decode(msgspec.json.encode(empty), type=InputFact) == empty
