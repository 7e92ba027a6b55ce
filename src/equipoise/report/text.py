"""How text is drawn for a terminal: columns, marks and colours; plain when nobody looks at it."""

import io
from typing import Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from .words import MARKS, Tone

STYLES: Final[dict[Tone, str]] = {"good": "green", "bad": "red", "open": "yellow"}
PLAIN_WIDTH: Final = 100


def drawn(parts: list[RenderableType], width: int = PLAIN_WIDTH, colour: bool = False) -> str:
    """The parts one below the other as text of that width, without trailing blanks."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def heading(words: str) -> Text:
    return Text(words, style="bold")


def marked(tone: Tone, words: str, bold: bool = False) -> Text:
    """Words with the tone's mark before them, in its colour."""
    return Text(f"{MARKS[tone]} {words}", style=f"bold {STYLES[tone]}" if bold else STYLES[tone])


def indented(part: RenderableType, by: int = 2) -> Padding:
    return Padding(part, (0, 0, 0, by))


def dim(words: str) -> Text:
    return Text(words, style="dim")
