"""One dose decision, or one draw from a vial, as text: what to do, why, what is missing, and until when it holds."""

from collections.abc import Sequence
from typing import Final

from rich.console import RenderableType
from rich.text import Text

from ..conduct.activity import Draw
from ..conduct.dose_notes import advice_of, sources_of
from ..conduct.dosing import Action, DoseDecision
from ..conduct.ruling import Ruling
from ..dates import day_text
from ..protocol.doses import Level, Treatment
from ..truth import FALSE, TRUE, UNKNOWN, Truth
from .text import STYLES, dim, heading, indented, marked
from .words import MARKS, SYNTHETIC, Tone, sentence, short

STATEMENT: Final = (
    "Equipoise is research software. It supports an investigator's judgement and never replaces it: whether a dose is "
    "given is decided by the investigator, from the source documents and the product's own label."
)
_TONES: Final[dict[Action, Tone]] = {
    Action.GIVE: "good", Action.REDUCE: "good", Action.HOLD: "bad", Action.STOP: "bad", Action.UNDECIDED: "open",
}  # fmt: skip
_READY: Final[dict[Truth, Tone]] = {TRUE: "good", FALSE: "bad", UNKNOWN: "open"}


def decision_text(decision: DoseDecision, synthetic: bool = False, every: bool = False) -> list[RenderableType]:
    """The whole decision for a terminal; `every`: also each rule that does not hold, with its values."""
    trial, turn = decision.trial, decision.next_turn
    parts: list[RenderableType] = [
        heading(f"{decision.person} for {trial.acronym}, dose {decision.cycle.number}, on {day_text(decision.on)}"),
        *([Text(SYNTHETIC, style="bold")] if synthetic else []),
        "",
        marked(_tone(decision), _headline(decision), bold=True),
        *(Text(reason) for reason in decision.reasons),
        "",
        *_block("When", [decision.timing.sentence, *_changes(decision)] if turn else [decision.timing.sentence]),
        *_block("What would settle it", [sentence(text) for text in decision.missing]),
        heading("Ready for it?"),
        *(_item(ruling) for ruling in decision.ready),
        "",
        *_block("Warnings; none of them changes the decision", decision.warnings),
        *_block("To be heeded around the infusion; no record is asked about it", advice_of(decision)),
    ]
    if every:
        parts += [heading("Every rule"), *(indented(Text(r.sentence)) for r in decision.rulings), ""]
    parts += _block("Taken for granted", decision.assumptions)
    parts += _block("Sources", sources_of(decision))
    return [*parts, *_foot(decision)]


def _headline(decision: DoseDecision) -> str:
    """The action in capitals, its activity as units are written: "GIVE 7.4 GBq (full dose)"."""
    if decision.level is None:
        return decision.headline.upper()
    word = decision.action.value
    return decision.headline.replace(word, word.upper(), 1)


def _tone(decision: DoseDecision) -> Tone:
    """Good only where the dose may be prescribed as things are: in its days, with all in order."""
    may = decision.level is not None and not decision.is_out_of_time and not decision.unready("prescription")
    return _TONES[decision.action] if may or decision.level is None else "open"


def _changes(decision: DoseDecision) -> list[str]:
    turn = decision.next_turn
    return [f"If nothing new is learned, this changes on {day_text(turn.on)}: {turn.because}"] if turn else []


def _item(ruling: Ruling) -> RenderableType:
    tone = _READY[ruling.truth]
    return indented(Text(f"{MARKS[tone]} {ruling.sentence}", style=STYLES[tone]))


def _block(head: str, lines: Sequence[str]) -> list[RenderableType]:
    return [heading(head), *(indented(Text(line)) for line in lines), ""] if lines else []


def _foot(decision: DoseDecision) -> list[RenderableType]:
    graded = sorted({version for version in decision.versions.values()})
    versions = f" Grades by {', '.join(graded)}." if graded else ""
    return [dim(f"Protocol {decision.trial.acronym} {short(decision.protocol)}.{versions} {STATEMENT}")]


def draw_text(draw: Draw, level: Level, treatment: Treatment, acronym: str) -> list[RenderableType]:
    """The draw for a terminal, with the numbers that it is worked out from and their sources."""
    product = treatment.product
    assert product is not None
    numbers = {
        "half-life": product.half_life,
        "concentration at calibration": product.concentration,
        "least volume of a vial": product.least,
        "most volume of a vial": product.most,
    }
    ours = f" [ours, not from {acronym}]" if level.ours else ""
    return [
        heading(f"{product.name}: {level.label}, {level.activity}{ours}"),
        "",
        marked("good", draw.sentence, bold=True),
        *(Text(remark) for remark in draw.remarks),
        "",
        heading("Worked out from"),
        *(
            indented(Text(f"{name} {number.value} ({number.source})" + (" [unverified]" if number.unverified else "")))
            for name, number in numbers.items()
        ),
        "",
        dim(STATEMENT),
    ]
