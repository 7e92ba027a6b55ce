"""What a verb is told, as typed and as TOML states it: the same value, or one clause why it is none."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from equipoise.cli.trial_values import read_value
from equipoise.cli.trial_verbs import Kind, Told
from equipoise.faults import Fault
from equipoise.quantities import exactly


@pytest.mark.parametrize(
    ("kind", "stated", "value"),
    [
        ("text", "Essen", "Essen"),
        ("day", "2 March 2026", date(2026, 3, 2)),
        ("day", date(2026, 3, 2), date(2026, 3, 2)),
        ("moment", "2026-03-02T10:15+01:00", datetime(2026, 3, 2, 10, 15, tzinfo=timezone(timedelta(hours=1)))),
        ("moment", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)),
        ("entry", "31", 31),
        ("entry", 31, 31),
        ("entries", ("3", "4"), (3, 4)),
        ("entries", [3, 4], (3, 4)),
        ("yes_no", "yes", True),
        ("yes_no", False, False),
        ("quantity", "7.3 GBq", exactly("7.3", "GBq")),
        ("waivers", (("Question 3", "asked twice"),), {"Question 3": "asked twice"}),
        ("waivers", {"Question 3": "asked twice"}, {"Question 3": "asked twice"}),
        ("when", "2 March 2026", date(2026, 3, 2)),
        ("when", "2026-03", "2026-03"),
    ],
)
def test_a_value_is_read(kind: Kind, stated: Any, value: Any) -> None:
    assert read_value(Told("it", kind=kind), stated) == value


@pytest.mark.parametrize(
    ("kind", "stated"),
    [
        ("text", 3), ("day", "2/3/2026"), ("day", 20260302), ("moment", "2026-03-02T10:15"), ("moment", "2026-03-02"),
        ("moment", "soon"), ("moment", "0001-01-01T00:00+14:00"),
        ("entry", "0"), ("entry", "-1"), ("entry", "²"), ("entry", True), ("entry", 2.0),
        ("yes_no", "perhaps"), ("quantity", "7.3"), ("quantity", "7.3 parsecs"), ("quantity", 7), ("waivers", {"a": 1}),
        ("waivers", "a"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(kind: Kind, stated: Any) -> None:
    with pytest.raises(Fault):
        read_value(Told("it", kind=kind), stated)


def test_a_word_that_is_none_of_the_words_is_answered_with_the_nearest() -> None:
    role = Told("role", words=("investigator", "monitor"))
    with pytest.raises(Fault, match="did you mean investigator"):
        read_value(role, "investigater")
    with pytest.raises(Fault, match="there are investigator, monitor"):
        read_value(role, "cook")
