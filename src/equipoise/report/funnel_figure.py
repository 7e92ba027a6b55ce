"""The funnel and its curves as one self-contained SVG: no script, no font and no file from elsewhere."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ..dates import day_text
from ..quantities import decimal_text
from ..recruitment.funnel import Step
from ..recruitment.funnel_moves import Curve
from ..recruitment.funnel_numbers import number_words
from ..recruitment.funnel_survey import Survey
from .words import STATEMENT, SYNTHETIC, people_counted, short, shortened

WIDTH: Final = 900
_LABELS, _BAR, _NUMBERS = 350, 390, 140  # the room for the criteria's names, for the bars, for the numbers behind them
_ROW, _TOP, _MARGIN = 22, 104, 20
_PLOT = 220  # the height of a curve's plot
_STYLE: Final = (
    "text{font:12px system-ui,'Segoe UI','Helvetica Neue',Arial,sans-serif;fill:#1c2328}"
    ".head{font-size:16px;font-weight:700}.sub{font-weight:700}.soft{fill:#515c64}.small{font-size:11px}"
    ".num{text-anchor:end}.mid{text-anchor:middle}"
    ".kept{fill:#1a6b35}.open{fill:#fdf0cf;stroke:#7a5600}.lost{fill:#a01c2c}.line{stroke:#d5dbe0}"
    ".eligible{fill:none;stroke:#1a6b35;stroke-width:2}.possible{fill:none;stroke:#7a5600;stroke-width:2;"
    "stroke-dasharray:6 3}.own{stroke:#1c2328;stroke-dasharray:2 3}.dot{fill:#1a6b35}.ring{fill:#fff;stroke:#7a5600}"
)


def funnel_figure(survey: Survey) -> str:
    """The figure as SVG text; each bar and point also says its numbers in words, and colour is never the only sign."""
    parts: list[str] = []
    y = _TOP
    parts += _bars(survey, y)
    y += _ROW * (len(survey.funnel.steps) + 1) + 24
    for curve in survey.curves:
        parts += _curve(curve, survey, y)
        y += _PLOT + 112
    foot = f"Protocol {survey.trial.acronym} {short(survey.trial.digest)}. {STATEMENT}"
    parts += [_text(_MARGIN, y + 16 * number, line, "soft small") for number, line in enumerate(_lines(foot, 132))]
    height = y + 16 * len(_lines(foot, 132)) + 8
    title = f"{survey.trial.acronym}: the funnel of {people_counted(survey.counts.people)} on {day_text(survey.on)}"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(_description(survey))}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
            _text(_MARGIN, 30, title, "head"),
            _text(_MARGIN, 52, SYNTHETIC if survey.synthetic else "", "sub"),
            *_legend(76),
            *parts,
            "</svg>",
            "",
        ]
    )


def _description(survey: Survey) -> str:
    counts = survey.counts
    made_up = f" {SYNTHETIC}" if survey.synthetic else ""
    return (
        f"{counts.eligible:,} eligible, {counts.undetermined:,} not yet known, {counts.ineligible:,} not eligible; "
        f"of each criterion, how many are left and how many are lost to it first.{made_up}"
    )


def _text(x: float, y: float, words: str, classes: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" class={quoteattr(classes)}>{escape(words)}</text>'


def _legend(y: int) -> Iterator[str]:
    x = _MARGIN
    for kind, words in (
        ("kept", "left: all so far in favour"),
        ("open", "left, with something not known"),
        ("lost", "lost here first"),
    ):
        yield f'<rect x="{x}" y="{y - 10}" width="12" height="12" class="{kind}"/>'
        yield _text(x + 18, y, words, "soft")
        x += 40 + 7 * len(words)


# ---------------------------------------------------------------- the bars
def _bars(survey: Survey, top: int) -> Iterator[str]:
    everybody = survey.counts.people
    yield _text(_LABELS + _BAR + _NUMBERS, top - 4, "left · open · lost", "num soft small")
    yield _text(_MARGIN, top + 14, "Everybody", "sub")
    yield _bar(_LABELS, top, everybody, everybody, "kept", people_counted(everybody))
    yield _text(_LABELS + _BAR + _NUMBERS, top + 14, f"{everybody:,}", "num")
    for number, step in enumerate(survey.funnel.steps, 1):
        yield from _row(step, top + _ROW * number, everybody)


def _row(step: Step, y: int, everybody: int) -> Iterator[str]:
    yield _text(_MARGIN, y + 14, step.criterion.id, "sub")
    yield _text(_MARGIN + 38, y + 14, shortened(step.criterion.title, 44))
    x = float(_LABELS)
    for kind, people, words in (
        ("kept", step.kept, "left, all so far in favour"),
        ("open", step.open, "left, with something not known"),
        ("lost", step.lost, "lost here first"),
    ):
        if people:
            yield _bar(x, y, people, everybody, kind, f"{step.criterion.id}: {people:,} {words}")
        x += _wide(people, everybody)
    yield _text(_LABELS + _BAR + _NUMBERS, y + 14, f"{step.kept:,} · {step.open:,} · {step.lost:,}", "num")


def _wide(people: int, everybody: int) -> float:
    return round(_BAR * people / everybody, 2) if everybody else 0.0


def _bar(x: float, y: int, people: int, everybody: int, kind: str, words: str) -> str:
    wide = _wide(people, everybody)
    return (
        f'<rect x="{x:g}" y="{y + 2}" width="{wide:g}" height="{_ROW - 6}" class="{kind}">'
        f"<title>{escape(words)}</title></rect>"
    )


# ---------------------------------------------------------------- a curve
def _curve(curve: Curve, survey: Survey, top: int) -> Iterator[str]:
    sweep = curve.sweep
    amounts = [float(amount.number) for amount in sweep.amounts]
    highest = max([point.counts.possible for point in curve.points] + [survey.counts.possible, 1])
    left, wide, base = _MARGIN + 60, WIDTH - 2 * _MARGIN - 200, top + 44 + _PLOT
    low, high = min(amounts), max(amounts)

    def x(amount: float) -> float:
        return round(left + (wide * (amount - low) / (high - low) if high > low else wide / 2), 1)

    def y(people: int) -> float:
        return round(base - _PLOT * people / highest, 1)

    name = number_words(sweep.number, survey.trial.vocabulary)
    yield _text(_MARGIN, top + 12, f"{sweep.criterion.id}: {name}", "sub")
    for people in _ticks(highest):
        yield f'<line x1="{left}" y1="{y(people)}" x2="{left + wide}" y2="{y(people)}" class="line"/>'
        yield _text(left - 8, y(people) + 4, f"{people:,}", "num small soft")
    for number in _shown(len(amounts)):
        yield _text(x(amounts[number]), base + 18, decimal_text(sweep.amounts[number].number), "mid small")
    yield _text(left + wide / 2, base + 36, _axis(curve), "mid soft")
    if sweep.own is not None and low <= float(sweep.own.number) <= high:
        at = x(float(sweep.own.number))
        yield f'<line x1="{at}" y1="{top + 34}" x2="{at}" y2="{base}" class="own"/>'
        yield _text(at, top + 30, f"the protocol: {sweep.own}", "mid small")
    for kind, words in (("possible", "not excluded"), ("eligible", "eligible")):
        people = [point.counts.possible if kind == "possible" else point.counts.eligible for point in curve.points]
        line = " ".join(f"{x(amount)},{y(number)}" for amount, number in zip(amounts, people, strict=True))
        yield f'<polyline points="{line}" class="{kind}"/>'
        for amount, stated, number in zip(amounts, sweep.amounts, people, strict=True):
            told = escape(f"{stated}: {number:,} {words}")
            mark = "ring" if kind == "possible" else "dot"
            yield f'<circle cx="{x(amount)}" cy="{y(number)}" r="3" class="{mark}"><title>{told}</title></circle>'
        yield _text(left + wide + 10, y(people[-1]) + 4, f"{people[-1]:,} {words}", "small")


def _axis(curve: Curve) -> str:
    amount = str(curve.sweep.amounts[0]._replace(number=curve.sweep.amounts[-1].number))
    return amount.removeprefix(decimal_text(curve.sweep.amounts[-1].number)).strip() or "number"


def _ticks(highest: int) -> list[int]:
    """About four round numbers from 0 to the highest."""
    step = 1
    while highest / step > 5:  # 1, 2, 5, 10, 20, 50 ...
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return list(range(0, highest + 1, step))


def _shown(number: int) -> Sequence[int]:
    """The places of at most a dozen numbers, evenly spread."""
    return range(0, number, -(-number // 12))


def _lines(words: str, longest: int) -> list[str]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + len(word) >= longest:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
