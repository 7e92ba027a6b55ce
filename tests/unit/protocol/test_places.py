"""Where in a TOML file things stand."""

import tomllib

import pytest

from equipoise.protocol.places import places

TEXT = '''# a comment
title = "A trial"

[moments]
  entry = "consent"

[[criterion]]
id = "I1"
when = "age >= 18 years"
notes = [
  "one [bracket",
  "two",
]

[[criterion]]
id = "I2"
when = """
any scan
  where liver is none
"""
[criterion.more]
"quoted key" = 1

[[criterion]]
id = "I3"
when = """any scan
  where liver is none"""
[a.b]
c.d = { e = 1 }
'''


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        (("title",), 2, 1),
        (("moments",), 4, 1),
        (("moments", "entry"), 5, 3),
        (("criterion", "0"), 7, 1),
        (("criterion", "0", "when"), 9, 1),
        (("criterion", "0", "notes"), 10, 1),
        (("criterion", "1", "id"), 16, 1),
        (("criterion", "1", "more", "quoted key"), 22, 1),
        (("criterion", "2", "when"), 26, 1),
        (("a", "b", "c", "d"), 29, 1),
        (("a", "b", "c", "d", "e"), 29, 1),  # the nearest that is known
        (("nothing",), 1, 1),
    ],
)
def test_keys(path: tuple[str, ...], line: int, column: int) -> None:
    place = places(TEXT).of(path)
    assert (place.line, place.column) == (line, column)


@pytest.mark.parametrize(
    ("criterion", "word", "line", "column"),
    [("0", "18", 9, 16), ("1", "any", 18, 1), ("1", "liver", 19, 9), ("2", "any", 26, 11), ("2", "liver", 27, 9)],
)
def test_characters_of_a_text(criterion: str, word: str, line: int, column: int) -> None:
    text = tomllib.loads(TEXT)["criterion"][int(criterion)]["when"]
    assert places(TEXT).in_text(("criterion", criterion, "when"), text.index(word)) == (line, column)


def test_blanks_after_the_quotes_belong_to_the_text() -> None:
    text = 'when = """  \nany scan"""\n'
    assert places(text).in_text(("when",), tomllib.loads(text)["when"].index("scan")) == (2, 5)


def test_only_line_ends_end_lines() -> None:
    text = 'a = "one\u2028two"\nb = 1\n'
    assert places(text).of(("b",)).line == 2
