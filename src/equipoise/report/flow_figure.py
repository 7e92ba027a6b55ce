"""The CONSORT 2025 flow diagram as one self-contained SVG, in black and white: no script, no file elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from xml.sax.saxutils import escape

from ..conduct.flow_boxes import PHASES, ArmFlow, Box, Flow, Phase
from .flow_words import BLINDED, SIMULATION, flow_foot, flow_title

WIDTH: Final = 960
_MARGIN, _PHASE, _GAP, _LINE, _PAD = 16, 26, 26, 16, 10
_LETTER: Final = 6.4  # the room for one letter of 12 px; most are narrower
_TOP: Final = 78
_SET_IN: Final = "\u2003"  # a space of one em
_ROWS: Final[dict[Phase, int]] = {"allocation": 4, "follow_up": 4, "analysis": 3}  # at least: its name stands beside
_STYLE: Final = (
    "text{font:12px system-ui,'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#000}"
    ".head{font-size:16px;font-weight:700}.sub{font-weight:700}.small{font-size:11px}"
    ".box{fill:#fff;stroke:#000;stroke-width:1}.phase{fill:#e6e6e6;stroke:#000;stroke-width:1}"
    ".line{stroke:#000;stroke-width:1;fill:none}.mid{text-anchor:middle}"
)
_ARROW: Final = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One box as it is drawn: where, how wide, and its lines; those that are not set in are bold."""

    x: float
    y: float
    wide: float
    lines: tuple[str, ...]

    @property
    def high(self) -> float:
        return len(self.lines) * _LINE + 2 * _PAD - 4

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2

    @property
    def bottom(self) -> float:
        return self.y + self.high


def flow_figure(found: Flow) -> str:
    """The diagram as SVG text; every number stands in it as text, and each box names its people to who points at it."""
    parts: list[str] = []
    randomised, enrolment = _enrolment(found)
    parts += enrolment
    columns = _columns(found, randomised.bottom + 2 * _GAP)
    parts += _split(randomised, [column[0][1] for column in columns])
    for column, arm in zip(columns, found.arms, strict=True):
        parts += _column(column, arm)
    bottom = max(drawn.bottom for column in columns for _, drawn, _ in column)
    parts += _phases(randomised, columns)
    foot = _wrapped(flow_foot(found), (WIDTH - 2 * _MARGIN) / 5.9)
    parts += [_text(_MARGIN, bottom + 30 + 15 * number, line, "small") for number, line in enumerate(foot)]
    height = round(bottom + 30 + 15 * len(foot))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(flow_title(found))}</title>',
            f'<desc id="desc">{escape(_description(found))}</desc>',
            f"<style>{_STYLE}</style>",
            _ARROW,
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            _text(_MARGIN, 28, flow_title(found), "head"),
            _text(_MARGIN, 50, _marks(found), "sub"),
            *parts,
            "</svg>",
            "",
        ]
    )


def _marks(found: Flow) -> str:
    return " · ".join([*([SIMULATION] if found.synthetic else []), *([BLINDED] if found.blind else [])])


def _description(found: Flow) -> str:
    numbers = ", ".join(
        f"{box.count:,} {box.label.lower()}" for box in (found.assessed, found.excluded, found.screening)
    )
    arms = "; ".join(f"{arm.label}: {arm.allocated.count:,} allocated" for arm in found.arms)
    return f"{numbers}, {found.randomised.count:,} randomised. {arms}. {_marks(found)}".strip()


# ---------------------------------------------------------------- enrolment
def _enrolment(found: Flow) -> tuple[Drawn, list[str]]:
    """The boxes up to the randomisation: assessed, to the right who did not enter, below who did."""
    left = _MARGIN + _PHASE + _GAP
    wide = (WIDTH - left - _MARGIN - 2 * _GAP) / 2
    assessed = Drawn(left + wide / 4, _TOP, wide * 0.75, tuple(_lines(found.assessed, wide * 0.75)))
    aside, y = [], assessed.bottom + _GAP
    for box in (found.excluded, found.screening):
        drawn = Drawn(left + wide + 2 * _GAP, y, wide, tuple(_lines(box, wide)))
        aside.append((box, drawn))
        y = drawn.bottom + _GAP
    randomised = Drawn(assessed.x, y, assessed.wide, tuple(_lines(found.randomised, assessed.wide)))
    parts = [_rect(assessed, found.assessed.people), _rect(randomised, found.randomised.people)]
    parts.append(_line(assessed.middle, assessed.bottom, assessed.middle, randomised.y))
    for box, drawn in aside:
        parts += [_rect(drawn, box.people)]
        at = drawn.y + drawn.high / 2
        parts.append(_line(assessed.middle, at, drawn.x, at))
    return randomised, parts


# ---------------------------------------------------------------- the arms
Column = list[tuple[Phase, Drawn, tuple[str, ...]]]


def _columns(found: Flow, top: float) -> list[Column]:
    """Of each arm its boxes, one a phase, of one height across the arms so that phases stand side by side."""
    left = _MARGIN + _PHASE + _GAP
    wide = (WIDTH - left - _MARGIN - (len(found.arms) - 1) * _GAP) / len(found.arms)
    texts = [_texts(arm, wide) for arm in found.arms]
    columns: list[Column] = [[] for _ in found.arms]
    y = top
    for phase in ("allocation", "follow_up", "analysis"):
        rows = max(_ROWS[phase], *(len(text[phase]) for text in texts))
        for number, (arm, text) in enumerate(zip(found.arms, texts, strict=True)):
            lines = (*text[phase], *[""] * (rows - len(text[phase])))
            columns[number].append((phase, Drawn(left + number * (wide + _GAP), y, wide, lines), arm.allocated.people))
        y += Drawn(0, 0, 0, ("",) * rows).high + _GAP
    return columns


def _texts(arm: ArmFlow, wide: float) -> dict[Phase, list[str]]:
    """The lines of each phase of one arm; the arm's name stands over its allocation."""
    lines: dict[Phase, list[str]] = {"allocation": _wrapped(arm.label, wide / _LETTER - 4)}
    for phase, box in arm.boxes:
        lines.setdefault(phase, []).extend(_lines(box, wide))
    return lines


def _lines(box: Box, wide: float) -> list[str]:
    """A box as lines: its label and number, then its parts, each a step further in; parts without anybody are not."""
    lines: list[str] = []
    for depth, each in box.walk():
        if depth and not each.people:
            continue
        indent = _SET_IN * depth
        wrapped = _wrapped(f"{each.label} (n = {each.count:,})", wide / _LETTER - 4 - 2 * depth)
        lines += [
            f"{indent}{line}" if not number else f"{indent}{_SET_IN}{line}" for number, line in enumerate(wrapped)
        ]
    return lines


def _column(column: Column, arm: ArmFlow) -> Iterator[str]:
    for _, drawn, people in column:
        yield _rect(drawn, people)
    for (_, above, _), (_, below, _) in pairwise(column):
        yield _line(above.middle, above.bottom, below.middle, below.y)


def _split(above: Drawn, below: Sequence[Drawn]) -> Iterator[str]:
    """From the randomisation to each arm."""
    at = above.bottom + _GAP
    yield _line(above.middle, above.bottom, above.middle, at, arrow=False)
    middles = [above.middle, *(drawn.middle for drawn in below)]
    yield _line(min(middles), at, max(middles), at, arrow=False)
    for drawn in below:
        yield _line(drawn.middle, at, drawn.middle, drawn.y)


def _phases(randomised: Drawn, columns: Sequence[Column]) -> Iterator[str]:
    """The names of the phases along the left, upright."""
    yield _phase("enrolment", _TOP, randomised.bottom)
    for phase, drawn, _ in columns[0]:
        yield _phase(phase, drawn.y, drawn.bottom)


def _phase(phase: Phase, top: float, bottom: float) -> str:
    middle, x = (top + bottom) / 2, _MARGIN + _PHASE / 2
    return (
        f'<rect x="{_MARGIN}" y="{top:g}" width="{_PHASE}" height="{bottom - top:g}" class="phase"/>'
        f'<text x="{x:g}" y="{middle:g}" class="sub mid" dominant-baseline="central" '
        f'transform="rotate(-90 {x:g} {middle:g})">{PHASES[phase]}</text>'
    )


# ---------------------------------------------------------------- strokes
def _rect(drawn: Drawn, people: Sequence[str]) -> str:
    """A box with its lines; who points at it reads who is in it."""
    named = f"<title>{escape(', '.join(people))}</title>" if people else ""
    lines = [
        _text(drawn.x + _PAD, drawn.y + _PAD + 10 + _LINE * number, line, "" if line.startswith(_SET_IN) else "sub")
        for number, line in enumerate(drawn.lines)
        if line
    ]
    shape = f'<rect x="{drawn.x:g}" y="{drawn.y:g}" width="{drawn.wide:g}" height="{drawn.high:g}" class="box"/>'
    return f"<g>{named}{shape}{''.join(lines)}</g>"


def _line(x1: float, y1: float, x2: float, y2: float, arrow: bool = True) -> str:
    head = ' marker-end="url(#arrow)"' if arrow else ""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="line"{head}/>'


def _text(x: float, y: float, words: str, classes: str = "") -> str:
    named = f' class="{classes}"' if classes else ""
    return f'<text x="{x:g}" y="{y:g}"{named} xml:space="preserve">{escape(words)}</text>' if words else ""


def _wrapped(words: str, longest: float) -> list[str]:
    """The words in lines of at most so many letters; a longer word stands alone."""
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
