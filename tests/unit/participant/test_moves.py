"""The moves of a participant: from where each is possible, what a refusal says, and what counts after a withdrawal."""

from datetime import date

import pytest

from equipoise.participant.moves import (
    BEFORE_ENTRY,
    ENDED,
    IN_TRIAL,
    MOVES,
    Move,
    Refused,
    Standing,
    check_may,
    counted,
    may,
    standing_after,
    told,
    without,
)

S = Standing
DAY = date(2026, 3, 2)


def moves(*acts: str) -> tuple[Move, ...]:
    """Moves of one day; the number of each entry is its place, from 1."""
    return tuple(Move(act, DAY, number) for number, act in enumerate(acts, start=1))


# Written out by hand: from where each act is possible, and where it leads ("" stays).
TABLE = {
    "consent": ("identified", "consented"),
    "consent_again": (
        "consented screened eligible randomised on_treatment in_follow_up lost", ""
    ),
    "screen": ("consented screened eligible", "screened"),
    "exclude": ("identified consented screened eligible", ""),
    "find_eligible": ("screened", "eligible"),
    "randomise": ("eligible", "randomised"),
    "treat": ("randomised on_treatment", "on_treatment"),
    "follow": ("randomised on_treatment", "in_follow_up"),
    "complete": ("in_follow_up", "completed"),
    "withdraw": (
        "identified consented screened eligible randomised on_treatment in_follow_up lost", "withdrawn"
    ),
    "lose": ("randomised on_treatment in_follow_up", "lost"),
    "find_again": ("lost", "in_follow_up"),
    "die": (
        "identified consented screened eligible randomised on_treatment in_follow_up completed withdrawn lost", "dead"
    ),
}  # fmt: skip


def test_the_moves_are_those_of_the_table() -> None:
    """R22: no step out of order."""
    assert MOVES.keys() == TABLE.keys()
    for act, (come_from, to) in TABLE.items():
        possible = {standing.name.lower() for standing in S if may(act, standing)}
        assert possible == set(come_from.split()), act
        for standing in MOVES[act].come_from:
            assert MOVES[act].leads(standing) is (S[to.upper()] if to else standing)


def test_each_standing_is_before_in_over_or_lost() -> None:
    assert {*BEFORE_ENTRY, *IN_TRIAL, *ENDED, S.LOST} == set(S)
    assert len(BEFORE_ENTRY) + len(IN_TRIAL) + len(ENDED) + 1 == len(S)


@pytest.mark.parametrize("act", MOVES)
@pytest.mark.parametrize("standing", S)
def test_what_is_not_possible_is_refused_in_one_sentence(act: str, standing: Standing) -> None:
    """R22: what is not in the table cannot happen."""
    if may(act, standing):
        check_may(act, standing, "P1")
        return
    with pytest.raises(Refused) as caught:
        check_may(act, standing, "P1")
    sentence = f'P1 cannot be recorded as somebody who {MOVES[act].label}: the standing is "{standing.value}"'
    assert str(caught.value).startswith(sentence) and str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("act", "standing", "ending"),
    [
        ("randomise", S.SCREENED, '"screened": the investigator first signs that they are eligible.'),
        ("screen", S.IDENTIFIED, '"identified": consent comes first.'),
        ("screen", S.RANDOMISED, '"randomised".'),  # the consent is long there: it would be a false hint
        ("complete", S.ON_TREATMENT, '"on treatment": the follow-up comes first.'),
        ("follow", S.IN_FOLLOW_UP, '"in follow-up".'),
        ("exclude", S.RANDOMISED, '"randomised": who is in the trial withdraws, or is lost to it.'),
        ("find_again", S.RANDOMISED, '"randomised": only who was lost can be found again.'),
        ("lose", S.SCREENED, '"screened": only who is in the trial can be lost to it.'),
        ("withdraw", S.DEAD, '"dead".'),
    ],
)
def test_a_refusal_says_what_comes_first_where_that_helps(act: str, standing: Standing, ending: str) -> None:
    with pytest.raises(Refused) as caught:
        check_may(act, standing, "P1")
    assert str(caught.value).endswith(f"the standing is {ending}")


def test_the_standing_follows_the_moves_in_their_order() -> None:
    way = moves("consent", "screen", "find_eligible", "randomise", "treat", "consent_again", "follow", "complete")
    standings = [standing_after(way[:number]) for number in range(len(way) + 1)]
    assert standings == [
        S.IDENTIFIED, S.CONSENTED, S.SCREENED, S.ELIGIBLE, S.RANDOMISED, S.ON_TREATMENT, S.ON_TREATMENT,
        S.IN_FOLLOW_UP, S.COMPLETED,
    ]  # fmt: skip


def test_a_move_that_is_not_possible_any_more_counts_for_nothing() -> None:
    way = moves("consent", "screen", "find_eligible")
    assert standing_after(way[1:]) is S.IDENTIFIED and counted(way[1:]) == ()
    assert counted(way) == way


def test_a_death_that_was_taken_back_gives_the_standing_before() -> None:
    way = moves("consent", "die")
    assert standing_after(way) is S.DEAD
    assert standing_after(without(way, 2)) is S.CONSENTED


def test_without_the_first_consent_the_next_is_the_first() -> None:
    way = moves("consent", "consent_again", "screen")
    left = without(way, 1)
    assert [move.act for move in left] == ["consent", "screen"]
    assert standing_after(left) is S.SCREENED
    assert without(moves("consent", "screen"), 1) == (Move("screen", DAY, 2),)
    assert without(way, 2) == (way[0], way[2])


def test_a_move_as_people_say_it() -> None:
    assert told(Move("randomise", DAY, 9)) == "is randomised on 2 March 2026"
