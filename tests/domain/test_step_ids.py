"""A step's name says where it was and when it began, whoever makes it."""

import pytest

from engine.domain import ShelfId, began_ns, shelf_of, step_id


@pytest.mark.parametrize("weighed", [True, False])
@pytest.mark.parametrize("shelf", ["A-1", "odd@name", "shelf!"])
def test_what_a_name_was_made_of_is_read_from_it(shelf: str, weighed: bool) -> None:
    name = step_id(ShelfId(shelf), 1_234_567_890, weighed=weighed)
    assert (shelf_of(name), began_ns(name)) == (shelf, 1_234_567_890)


def test_a_change_that_nobody_weighed_has_a_name_of_its_own() -> None:
    assert step_id(ShelfId("A-1"), 5) == "A-1@5"
    assert step_id(ShelfId("A-1"), 5, weighed=False) == "A-1@5!"
