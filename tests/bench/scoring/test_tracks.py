"""IDF1 and identity switches, by hand."""

from engine.bench.scoring import Counts, FloorScore, judge
from tests.bench.scoring.story import STORE, Story


def followed(*instants: tuple[dict[int, float], dict[int, float]]) -> FloorScore:
    """A trial of people and tracks at their places along a line, five times a second."""
    story = Story()
    for number, (people, tracks) in enumerate(instants):
        story.stands(number / 5, people=people, tracks=tracks)
    return judge(story.trial(), STORE).floor


def test_a_track_that_stays_with_its_person_is_perfect() -> None:
    score = followed(*[({0: 1.0, 1: 3.0}, {7: 1.2, 8: 2.6})] * 4)
    assert score == FloorScore(identities=Counts(true=8, said=8, right=8), id_switches=0)
    assert score.identities.f1 == 1.0


def test_idf1_takes_the_best_identities_over_the_whole_trial() -> None:
    # One person, ten instants: track 7 for six of them, track 8 for four. IDTP = 6, so IDF1 = 12 / 20.
    score = followed(*[({0: 1.0}, {7: 1.0})] * 6, *[({0: 1.0}, {8: 1.0})] * 4)
    assert score == FloorScore(identities=Counts(true=10, said=10, right=6), id_switches=1)
    assert score.identities.f1 == 0.6


def test_two_tracks_that_change_persons_are_two_switches() -> None:
    # Person 0 is with 7 for three of five instants and person 1 with 8: IDTP = 3 + 3 of 10 and 10.
    before, after = {7: 1.0, 8: 3.0}, {7: 3.0, 8: 1.0}
    score = followed(*[({0: 1.0, 1: 3.0}, before)] * 3, *[({0: 1.0, 1: 3.0}, after)] * 2)
    assert score == FloorScore(identities=Counts(true=10, said=10, right=6), id_switches=2)


def test_places_agree_within_half_a_metre() -> None:
    assert followed(({0: 1.0}, {7: 1.5})).identities == Counts(true=1, said=1, right=1)
    assert followed(({0: 1.0}, {7: 1.501})).identities == Counts(true=1, said=1, right=0)


def test_missed_people_and_tracks_of_nobody_count() -> None:
    score = followed(({0: 1.0, 1: 3.0}, {7: 1.0}), ({0: 1.0}, {7: 1.0, 8: 3.5}))
    assert score == FloorScore(identities=Counts(true=3, said=3, right=2), id_switches=0)


def test_a_track_in_front_of_the_gate_is_not_held_against_the_engine() -> None:
    # The floor ends at x = -4 and 4; a person just inside may be seen just outside.
    score = followed(({0: 3.9}, {7: 4.1, 8: 4.5, 9: -4.5}), ({}, {8: 4.5}))
    assert score.identities == Counts(true=1, said=1, right=1)


def test_who_waits_in_front_of_the_gate_need_not_be_seen() -> None:
    assert followed(({0: 3.9, 1: 5.0}, {7: 3.9})).identities == Counts(true=1, said=1, right=1)
    assert followed(({0: 3.9, 1: 5.0}, {7: 3.9, 8: 5.1})).identities == Counts(true=1, said=1, right=1)


def test_a_pair_lasts_while_it_agrees_even_beside_a_nearer_track() -> None:
    assert followed(({0: 1.0}, {7: 1.0}), ({0: 1.0}, {7: 1.4, 8: 1.1})).id_switches == 0


def test_a_gap_is_no_switch_but_another_track_after_it_is() -> None:
    assert followed(({0: 1.0}, {7: 1.0}), ({0: 1.0}, {}), ({0: 1.0}, {7: 1.0})).id_switches == 0
    assert followed(({0: 1.0}, {7: 1.0}), ({0: 1.0}, {}), ({0: 1.0}, {9: 1.0})).id_switches == 1


def test_an_empty_floor_is_perfect() -> None:
    assert followed(({}, {})).identities.f1 == 1.0
