"""The page of the report, its figures as files of their own, and its numbers as CSV and JSON."""

import re
from collections.abc import Iterator
from typing import Any, Final

import orjson
from markupsafe import Markup

from ...rules.prose import moment_text
from ..flow_figure import flow_figure
from ..flow_words import SIMULATION
from ..story import Proof, proof_words, within_page
from ..story_drawing import filled, template_text
from ..story_words import capital_text
from ..words import STATEMENT, short
from .analysis_data import Report
from .compared import Compared
from .drawing import STYLES
from .effect_tables import population_words
from .forest_figure import forest_svg
from .km_figure import MONTH, steps_svg
from .table import STAMP_HEADS, files_of, table_dict

PAGE: Final = "index.html"
JSON: Final = "report.json"
_STYLES: Final = ("report.css", *STYLES, "story.css", "analysis.css")
_SECTIONS: Final = {
    "flow": "Who went where", "baseline": "Baseline", "primary": "Primary analyses", "secondary": "Secondary analyses",
    "subgroups": "Subgroups", "sensitivity": "Sensitivity analyses", "exposure": "Exposure", "safety": "Safety",
    "deviations": "Deviations", "plan": "The plan of analysis",
}  # fmt: skip
_NOTHING: Final = Proof()


def report_files(report: Report, proof: Proof = _NOTHING) -> dict[str, bytes]:
    """The files of the report by name. The same ledger, position, day and protocol give the same bytes."""
    files = {name: text.encode() for name, text in figures(report).items()}
    files |= files_of(report.every_table)
    files[JSON] = _json(report)
    names = sorted(files)
    return {PAGE: page(report, proof, names).encode(), **{name: files[name] for name in names}}


# ---------------------------------------------------------------- figures
def figures(report: Report, alone: bool = True) -> dict[str, str]:
    """Each figure as SVG by the name of its file. alone: with its styles, as a file; else for a page that has them."""
    made = {"flow.svg": _flow(report)}
    made |= {f"curve_{each.analysis.id}.svg": _curves(report, each, alone) for each in report.done if each.curves}
    made["forest.svg"] = _forest(report, alone)
    return {name: text for name, text in made.items() if text}


def _flow(report: Report) -> str:
    """The flow diagram; its mark is that of the other figures."""
    mark = report.cut.stamp.mark
    return flow_figure(report.cut.flow).replace(SIMULATION, mark or SIMULATION)


def _curves(report: Report, each: Compared, alone: bool) -> str:
    rising = each.curves[0].start == 0
    what = "With the event (competing events taken into account)" if rising else "Without an event"
    at = None if each.analysis.at is None else each.analysis.at.count * _months(each.analysis.at.unit)
    title = f"{report.cut.trial.acronym}: {each.analysis.label}"
    axis = f"{what}, by months since {_moment(report, each)}"
    note = "Upright strokes: end of follow-up without an event. Shaded: 95 % interval. Thin: below a tenth at risk."
    return steps_svg(
        f"curve-{each.analysis.id}", title, axis, population_words(each.population), report.cut.stamp, each.curves, at,
        note, alone,
    )  # fmt: skip


def _moment(report: Report, each: Compared) -> str:
    vocabulary = report.cut.trial.vocabulary
    begins = moment_text(each.endpoint.moment, vocabulary)
    if each.endpoint.entry is None:
        return begins
    return f"{begins} (people enter at {moment_text(each.endpoint.entry, vocabulary)})"


def _months(unit: str) -> float:
    return {"day": 1 / MONTH, "week": 7 / MONTH, "month": 1.0, "year": 12.0}[unit]


def _forest(report: Report, alone: bool) -> str:
    primary = report.primary
    if primary is None or not report.forest:
        return ""
    title = f"{report.cut.trial.acronym}: subgroups, {primary.analysis.label}"
    population = population_words(primary.population)
    return forest_svg(title, population, report.cut.stamp, report.forest, primary.arms, alone)


# ---------------------------------------------------------------- the page
def page(report: Report, proof: Proof, files: list[str]) -> str:
    """The whole page as HTML; it asks for nothing and runs no script. files: their names, to which it links."""
    cut, stamp = report.cut, report.cut.stamp
    drawn = {name: _within(name, svg) for name, svg in figures(report, alone=False).items()}
    sections = [(name, title, report.tables.get(name, ())) for name, title in _SECTIONS.items()]
    style = "\n".join(template_text(name) for name in _STYLES)
    return filled(
        "analysis.html", report=report, cut=cut, trial=cut.trial, stamp=stamp, figures=drawn, files=files,
        style=Markup(style + _margins(report)), sections=sections, shown=_figures_of(report), proof=proof,
        told_proof=proof_words(proof), arms=_arms(report), short=short, STATEMENT=STATEMENT, status=_status(report),
    )  # fmt: skip


def _arms(report: Report) -> tuple[str, str]:
    return report.primary.arms if report.primary is not None else ("", "")


def _within(name: str, svg: str) -> Markup:
    return within_page(svg, "flow") if name == "flow.svg" else Markup(svg)


def _figures_of(report: Report) -> dict[str, list[tuple[str, str]]]:
    """section -> (file, caption) of the figures that stand in it."""
    found: dict[str, list[tuple[str, str]]] = {"flow": [("flow.svg", "Flow of participants as in CONSORT 2025.")]}
    for each in report.done:
        if each.curves:
            section = each.analysis.purpose if each.analysis.purpose in _SECTIONS else "sensitivity"
            caption = f"{capital_text(each.analysis.label)}, with 95 % intervals and numbers at risk."
            found.setdefault(section, []).append((f"curve_{each.analysis.id}.svg", caption))
    if report.forest:
        found["subgroups"] = [("forest.svg", "Hazard ratios in subgroups, with the test of interaction.")]
    return found


def _status(report: Report) -> str:
    """How the arms may be seen, as a class of the page: "locked", "blind", "unblinded"."""
    return "blind" if report.cut.blind else "unblinded" if report.unblinding is not None else "locked"


def _margins(report: Report) -> str:
    """What stands in the margin of every printed page: the mark, and who may have seen the arms."""
    stamp = report.cut.stamp
    parts = [stamp.mark, stamp.view if not report.cut.state.lock else "", f"{stamp.trial}, {stamp.words('analysis')}"]
    words = _css_text(" · ".join(part.rstrip(".") for part in parts if part))
    return f'\n@page {{ @bottom-left {{ content: "{words}"; font: 7.5pt sans-serif; color: #515c64; }} }}\n'


def _css_text(words: str) -> str:
    """A text within a style sheet: all but letters, digits and spaces are written by their numbers."""
    return re.sub(r"[^A-Za-z0-9 ]", lambda found: f"\\{ord(found[0]):06x}", words)


# ---------------------------------------------------------------- as data
def _json(report: Report) -> bytes:
    data = {
        "trial": report.cut.trial.acronym, "title": report.cut.trial.title,
        **dict(zip(STAMP_HEADS, report.cut.stamp.cells("everybody"), strict=True)),
        "blind": report.cut.blind, "unblinded": _unblinded(report), "findings": [str(each) for each in report.findings],
        "tables": [table_dict(table) for table in _in_json(report)],
    }  # fmt: skip
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _in_json(report: Report) -> Iterator[Any]:
    """Every table but that of persons, which stands in a file of its own."""
    return (table for table in report.every_table if table.id != "times")


def _unblinded(report: Report) -> dict[str, Any] | None:
    who = report.unblinding
    if who is None:
        return None
    return {"by": who.by, "on": who.on.isoformat(), "reason": who.reason, "entry": who.entry}
