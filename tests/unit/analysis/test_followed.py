import numpy as np
import pytest

from equipoise.analysis.followed import followed, two_arms
from equipoise.faults import Fault

GOOD = {"time": [5, 8, 12, 20], "event": [1, 1, 0, 1], "arm": [0, 1, 0, 1]}
NAN = float("nan")


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"time": [5, -8, 12, 20]}, "Row 2 has the time -8: nobody can be followed to before the origin."),
        (
            {"time": [5, 8, NAN, 20]},
            "Row 3 has no usable time (nan): give a number of 0 or more, or leave the row out.",
        ),
        ({"time": [5, 8, float("inf"), 20]}, "Row 3 has no usable time (inf)"),
        ({"time": [5, 8, 12]}, "There are 3 times but 4 events: give one of each for every person."),
        ({"arm": [0, 1, 0]}, "There are 4 times but 3 arms"),
        ({"event": [1, 2, 0, 1]}, "Row 2 has the event 2: say 1 for an event and 0 for none."),
        ({"event": [1, NAN, 0, 1]}, "Row 2 has the event nan"),
        ({"arm": [0, 1, 0, 3]}, "Row 4 has the arm 3: say 1 for the experimental arm and 0 for the control arm."),
        ({"arm": [1, 1, 1, 1]}, "Everybody is in arm 1: a comparison needs people in both arms, 0 and 1."),
        ({"time": [], "event": [], "arm": []}, "There is nobody to analyse"),
        ({"time": ["soon", 8, 12, 20]}, "The column time has something in it that is no number."),
        ({"time": [[5, 8, 12, 20]]}, "The column time must be a single column of numbers."),
        ({"stratum": ["a", "b", "a"]}, "There are 4 times but 3 strata"),
        ({"stratum": ["a", "", "a", "b"]}, "Row 2 has no stratum: give one, or leave the row out."),
        ({"stratum": ["a", None, "a", "b"]}, "Row 2 has no stratum"),
        ({"stratum": [1.0, NAN, 2.0, 1.0]}, "Row 2 has no stratum"),
        ({"entry": [0, 0, 12, 0]}, "Row 3 enters at 12, not before its own time ends"),
        ({"entry": [0, 9, 1, 0]}, "Row 2 enters at 9, not before its own time ends"),
        ({"entry": [-1, 0, 1, 0]}, "Row 1 has the entry -1"),
        ({"entry": [NAN, 0, 1, 0]}, "Row 1 has the entry nan"),
        ({"entry": [0, 0]}, "There are 4 times but 2 entries"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(changed: dict, sentence: str) -> None:
    with pytest.raises(Fault) as told:
        two_arms(**(GOOD | changed))
    assert str(told.value).startswith(sentence)


def test_people_are_counted_by_arm_and_stratum() -> None:
    both = two_arms(**GOOD, stratum=["b", "a", "b", "a"])
    assert (both.people, both.events, both.strata) == ((2, 2), (1, 2), 2)
    assert both.rows.time.tolist() == [8, 20, 5, 12]
    assert both.order.tolist() == [1, 3, 0, 2]
    assert both.unstratified().rows.time.tolist() == [5, 8, 12, 20]
    assert both.unstratified().order.tolist() == [0, 1, 2, 3]


def test_what_was_given_is_left_alone() -> None:
    time = np.array([20.0, 5.0, 8.0, 12.0])
    both = two_arms(time, [1, 1, 1, 1], [0, 1, 0, 1])
    both.rows.time[0] = 99
    assert time.tolist() == [20, 5, 8, 12]


def test_who_is_at_risk_when_entry_is_late() -> None:
    people = followed([5, 8, 12], [1, 1, 0], entry=[0, 5, 6])
    assert people.at_risk([0, 5, 6, 7, 8, 12, 13]).tolist() == [1, 1, 1, 2, 2, 1, 0]


def test_an_arm_is_sorted_by_time_whatever_its_stratum() -> None:
    arm = two_arms([9, 3, 4, 1], [1, 0, 1, 1], [1, 1, 1, 0], stratum=[0, 1, 0, 0], entry=[2, 0, 1, 0]).arm(1)
    assert arm.time.tolist() == [3, 4, 9]
    assert arm.event.tolist() == [0, 1, 1]
    assert arm.entry is not None and arm.entry.tolist() == [-np.inf, 1, 2]


def test_an_event_at_the_origin_counts() -> None:
    both = two_arms([0, 3, 4, 1], [1, 0, 1, 1], [1, 1, 0, 0], entry=[0, 0, 0, 0])
    assert both.table[:4, 0].tolist() == [2, 2, 0, 1]
