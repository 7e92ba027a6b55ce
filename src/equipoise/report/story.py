"""The page that tells a trial's story in pictures, and the files beside it: all made of a ledger, always the same."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import orjson
from markupsafe import Markup

from ..conduct.schedule import STATUSES, Status
from ..conduct.visit_words import timing_words
from ..dates import day_text
from ..ledger.chain import Head
from ..ledger.checkpoints import Checkpoint, fingerprint
from ..participant.state import State
from ..protocol.model import Protocol
from .accrual_story_figure import accrual_svg
from .bars_figure import deviations_svg, failures_svg, grades_svg
from .flow_data import flow_dict
from .flow_figure import flow_figure
from .flow_words import BLINDED, SIMULATION, imaging_words
from .story_accrual import Plan
from .story_data import Story, told
from .story_drawing import filled, template_text
from .story_mendings import mendings, turns_text
from .story_tables import tables
from .story_words import headline, sentences
from .swimmer_figure import swimmer_svg
from .waits_figure import waits_svg
from .words import STATEMENT, counted, people_counted, short, shortened

PAGE: Final = "index.html"
LISTED: Final = 50  # deviations on the page; all of them stand in the table beside it
_SHOWN: Final[tuple[Status, ...]] = ("done", "done early", "done late", "missed", "overdue", "in window", "cancelled")
_STYLES: Final = ("report.css", "story_figures.css", "story.css")


class Proof(NamedTuple):
    """What an outsider can hold the story's ledger against: its last entry, and the last signed checkpoint."""

    head: Head | None = None
    checkpoint: Checkpoint | None = None


def story_files(
    state: State, trial: Protocol, on: date, blind: bool = False, plan: Plan | None = None, proof: Proof | None = None
) -> dict[str, bytes]:
    """The files of a trial's story by name: the page, the pictures, the tables. The same ledger gives the same bytes.

    state: the fold of the ledger up to a position; on: the day up to which it is told. blind: for who must not know
    the arms: people are pooled, and there is no table of doses. plan: how many people are wanted by when.
    """
    story = told(state, trial, on, blind, plan)
    pictures = {
        "flow.svg": _flow(story), "swimmer.svg": swimmer_svg(story), "accrual.svg": accrual_svg(story),
        "waits.svg": waits_svg(story), "adverse_events.svg": grades_svg(story), "deviations.svg": deviations_svg(story),
        "screening.svg": failures_svg(story),
    }  # fmt: skip
    files = {name: text.encode() for name, text in pictures.items() if text}
    files["flow.json"] = _flow_json(story)
    files |= tables(story)
    return {PAGE: story_page(story, proof or Proof(), sorted(files)).encode(), **dict(sorted(files.items()))}


def _flow(story: Story) -> str:
    return flow_figure(story.flow).replace(SIMULATION, story.mark or SIMULATION)


def _flow_json(story: Story) -> bytes:
    data = {"data": story.mark or "trial", **flow_dict(story.flow)}
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


# ---------------------------------------------------------------- the page
def story_page(story: Story, proof: Proof, files: list[str]) -> str:
    """The whole page as HTML; it asks for nothing and runs no script. files: their names, to which it links."""
    figures = {
        "flow": within_page(_flow(story), "flow"), "swimmer": Markup(swimmer_svg(story, alone=False)),
        "accrual": Markup(accrual_svg(story, alone=False)), "waits": Markup(waits_svg(story, alone=False)),
        "grades": Markup(grades_svg(story, alone=False)), "deviations": Markup(deviations_svg(story, alone=False)),
        "failures": Markup(failures_svg(story, alone=False)),
    }  # fmt: skip
    return filled(
        "story.html", story=story, trial=story.trial, on=story.on, mark=story.mark, figures=figures, files=files,
        style=Markup("\n".join(template_text(name) for name in _STYLES)), numbers=headline(story),
        sentences=sentences(story), mendings=mendings(story), cycles=cycles(story), statuses=_SHOWN, meaning=STATUSES,
        deviations=_first_deviations(story), listed=LISTED, kinds={e.kind: e.label for e in story.deviation_counts},
        assumed=assumed(story), proof=proof, fingerprint=_fingerprint(proof), checkpoint=_checkpoint(proof),
        imaging=[imaging_words(row) for row in story.imaging], timing_words=timing_words, turns_text=turns_text,
        counted=counted, shortened=shortened, people_counted=people_counted, short=short, STATEMENT=STATEMENT,
        BLINDED=BLINDED,
    )  # fmt: skip


def within_page(svg: str, name: str) -> Markup:
    """A picture that was made as a file of its own, for a page with others: its styles and ids are its own there."""
    svg = re.sub(r'\b(id|aria-labelledby)="([^"]+)"', lambda found: _renamed(found[1], found[2], name), svg)
    svg = re.sub(r"<style>(.*?)</style>", lambda found: f"<style>{_scoped(found[1], name)}</style>", svg, flags=re.S)
    return Markup(svg.replace("<svg ", f'<svg class="{name}" ', 1))


def _renamed(attribute: str, names: str, prefix: str) -> str:
    return f'{attribute}="{" ".join(f"{prefix}-{name}" for name in names.split())}"'


def _scoped(style: str, name: str) -> str:
    return re.sub(r"([^{}]+)\{", lambda found: f".{name} {found[1].strip()}{{", style)


def _first_deviations(story: Story) -> list[Any]:
    """Those on the page: the important ones before the others, by day."""
    return sorted(story.deviations, key=lambda each: (each.severity != "important", each.on, each.person))[:LISTED]


class Cycle(NamedTuple):
    """One dose of the treatment over all people: how many were given, how, and what stood in their way."""

    label: str
    given: int
    reduced: int
    inside: int
    held: int
    stopped: int
    overridden: int


def cycles(story: Story) -> tuple[Cycle, ...]:
    """The doses by their number; none where the story is blind."""
    if story.blind:
        return ()
    found: list[Cycle] = []
    for cycle in story.trial.treatment.cycles:
        doses = [dose for course in story.people for dose in course.doses if dose.cycle == cycle.number]
        actions = [each.action for c in story.people for each in c.decisions if each.cycle == cycle.number]
        found.append(
            Cycle(
                f"dose {cycle.number}", len(doses), sum(not dose.full for dose in doses),
                sum(dose.time == "in time" for dose in doses), actions.count("hold"), actions.count("stop"),
                sum(bool(dose.against) for dose in doses),
            )
        )  # fmt: skip
    return tuple(each for each in found if each.given or each.held or each.stopped)


def assumed(story: Story) -> Mapping[str, str]:
    """What the pictures rest on that the trial never published, each with where its number is from."""
    trial, ours = story.trial, f"ours, not from {story.trial.acronym}"
    found: dict[str, str] = {}
    if trial.schedule.ours:
        found["The table of visits and their windows"] = f"{ours}. {trial.schedule.note}".strip()
    settings = [each.label for each in trial.allocation.settings if each.ours]
    if settings:
        found["The randomisation"] = f"{ours}: {', '.join(settings)}."
    clocks = [each.clock.label for each in story.clocks if each.clock.ours]
    if clocks:
        found["Clocks of serious events"] = f"{ours}: {', '.join(clocks)}."
    if story.deviations:
        found["Which deviations are important"] = f"{ours}. They are found by rule, not judged by a person."
    return found


# ---------------------------------------------------------------- what an outsider can check
def proof_words(proof: Proof) -> tuple[str, str]:
    """The fingerprint of the last entry, and the last checkpoint in words; "" where there is none."""
    return _fingerprint(proof), _checkpoint(proof)


def _fingerprint(proof: Proof) -> str:
    return fingerprint(proof.head) if proof.head is not None and proof.head.seq else ""


def _checkpoint(proof: Proof) -> str:
    point = proof.checkpoint
    if point is None:
        return ""
    day = day_text(date.fromisoformat(point.at[:10]))
    return f"signed at entry {point.seq:,} on {day}, fingerprint {fingerprint(point)}"
