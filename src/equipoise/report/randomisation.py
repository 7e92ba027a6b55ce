"""The planner's report of a randomisation: as text, as rows of CSV, and as one JSON object."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import orjson
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..conduct.designs import BigStick, Blocks, Design, EfronCoin, Minimised, Simple
from ..conduct.planning import Planned, Premise
from ..conduct.predictability import Prediction
from ..protocol.model import Protocol
from .text import dim, heading, indented
from .words import counted, people_counted, short

CAUTION: Final = "A simulation, not a result of the trial."
_DIGITS: Final = 6
_EXPLAINED: Final = (
    "one site, whole list: correct guesses by somebody who sees the arms given so far at one site, or in the whole "
    "trial, and guesses the arm with fewer people, by the best of the rules tried; 50 % is a fair coin.",
    "certain: allocations certain to somebody who knows the stratum's list so far and the block sizes (exact).",
    "trial, stratum: difference between the people of the two arms at the end, mean (and 95th percentile).",
    "open blocks: blocks that are not filled when recruitment ends, mean.",
)  # fmt: skip


def design_words(design: Design) -> str:
    """The design as people call it."""
    match design:
        case Blocks(sizes, by_site):
            joined = ", ".join(str(size) for size in sizes)
            return f"blocks of {joined}{' by site' if by_site else ''}"
        case Minimised(probability, by_site, measure, weights):
            parts = [f"minimisation, p = {float(probability):g}"]
            parts += ["with site"] if by_site else []
            parts += ["variance"] if measure == "variance" else []
            parts += ["weights " + ":".join(str(weight) for weight in weights)] if weights else []
            return ", ".join(parts)
        case Simple():
            return "simple"
        case EfronCoin(probability):
            return f"Efron's coin, p = {probability}"
        case BigStick(most):
            return f"big stick, at most {most}"


def origin_words(premise: Premise, acronym: str) -> str:
    """Where a premise is from; one of ours says that the trial never published it."""
    source = premise.source.rstrip(".")
    if premise.ours:
        return f"ours, not from {acronym}" + (f": {source}" if source else "")
    return f"source: {source}" if source else "stated in this command"


# ---------------------------------------------------------------- text
def plan_text(trial: Protocol, planned: Planned) -> list[RenderableType]:
    """The whole report for a terminal."""
    people, sites = people_counted(planned.enrolment.people), counted(planned.enrolment.sites, "site")
    return [
        heading(f"{trial.acronym}: what each way to randomise gives away, for {people} at {sites}"),
        Text(CAUTION, style="bold"),
        "",
        _designs(planned),
        *(indented(dim(each)) for each in (f"* as in the randomisation.toml of {trial.acronym}", *_EXPLAINED)),
        "",
        heading("What it rests on"),
        _premises(trial, planned),
        "",
        dim(
            f"Protocol {trial.acronym} {short(trial.digest)}. {counted(planned.trials, 'simulated trial')} a row "
            f"(seed {planned.seed}; Monte Carlo standard error of a share of guesses at most "
            f"{100 * planned.error:.2f} percentage points)."
        ),
    ]


def _designs(planned: Planned) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in ("", "one site", "whole list", "certain", "trial", "stratum", "open blocks"):
        table.add_column(head, overflow="fold", vertical="top")
    for number, each in enumerate(planned.predictions):
        name = design_words(each.design)
        cells = (_percent(each.site_guesses), _percent(each.list_guesses), _certain(each), _spread(each.difference),
                 _spread(each.in_strata), _blocks(each))  # fmt: skip
        table.add_row(Text(f"{name} *", style="bold") if number == 0 else name, *cells)
    return table


def _premises(trial: Protocol, planned: Planned) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in (3, 3, 6):
        table.add_column(ratio=ratio, overflow="fold")
    for each in planned.premises:
        origin = origin_words(each, trial.acronym)
        body = Text(f"{each.note} " if each.note else "").append(f"({origin})" if each.note else origin, style="dim")
        table.add_row(Text(each.label), Text(each.text), body)
    return indented(table)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _certain(each: Prediction) -> str:
    return "—" if each.certain is None else _percent(each.certain)


def _spread(spread: tuple[float, float]) -> str:
    return f"{spread[0]:.1f} ({spread[1]:.0f})"


def _blocks(each: Prediction) -> str:
    return f"{each.unfinished:.1f}" if isinstance(each.design, Blocks) else "—"


# ---------------------------------------------------------------- data
def plan_json(trial: Protocol, planned: Planned) -> bytes:
    """One object: trial, protocol, what, people, sites, seed, simulated trials, designs, premises."""
    found: dict[str, Any] = {
        "trial": trial.acronym, "protocol": trial.digest, "what": CAUTION,
        "people": planned.enrolment.people, "sites": planned.enrolment.sites,
        "seed": planned.seed, "simulated_trials": planned.trials,
        "standard_error_at_most": round(planned.error, _DIGITS),
        "designs": list(_rows(planned)),
        "premises": [
            {"label": each.label, "value": each.text, "origin": origin_words(each, trial.acronym), "note": each.note}
            for each in planned.premises
        ],
    }  # fmt: skip
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def plan_csv(planned: Planned) -> bytes:
    """One row a design; "simulated" in the first column says what the numbers are."""
    stream = io.StringIO()
    rows = [{"what": "simulated", **_flat(row)} for row in _rows(planned)]
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _rows(planned: Planned) -> Iterator[dict[str, Any]]:
    for number, each in enumerate(planned.predictions):
        yield {
            "design": design_words(each.design), "own": number == 0,
            "guessed_at_one_site": {rule: round(share, _DIGITS) for rule, share in each.by_site.items()},
            "guessed_from_whole_list": {rule: round(share, _DIGITS) for rule, share in each.by_list.items()},
            "certain": None if each.certain is None else round(each.certain, _DIGITS),
            "difference_mean": round(each.difference[0], _DIGITS), "difference_p95": round(each.difference[1]),
            "in_stratum_mean": round(each.in_strata[0], _DIGITS), "in_stratum_p95": round(each.in_strata[1]),
            "open_blocks": round(each.unfinished, _DIGITS) if isinstance(each.design, Blocks) else None,
        }  # fmt: skip


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the best rule's share in place of all rules'."""
    best = {name: max(value.values()) for name, value in row.items() if isinstance(value, dict)}
    return {**row, **best, "own": "yes" if row["own"] else "no"}
