"""A simulated trial as text: what the design does in each scenario, and all that is assumed."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ..analysis.operating import Bias, ScenarioFound, Share, Spread, StudyFound, TestFound, TestKind
from .text import dim, heading, indented
from .words import short

METHOD: Final = (
    "± is the Monte Carlo standard error; ranges hold the middle 90 % of the trials; covers: how often the interval "
    "holds the truth; short: not everybody came. Random numbers: Philox4x32-10, by seed, scenario, trial and person."
)
_TITLES: Final[dict[TestKind, str]] = {"hazards": "Hazards", "at": "Free of disease at {at:g} months",
                                       "mean": "Mean months free of disease, up to {at:g}"}  # fmt: skip
_HOLD: Final = {
    "at": "log-log, Welch and score are the forms that hold their level in small trials.",
    "mean": "Welch is the form that holds its level in small trials.",
}


def study_text(found: StudyFound) -> list[RenderableType]:
    """The whole answer for a terminal."""
    title = f"{found.trial}: {found.trials:,} simulated trials a scenario"
    parts: list[RenderableType] = [heading(title), Text(f"{found.mark}.", style="bold"), ""]
    if found.scenarios[0].test("logrank") is not None:
        parts += [heading(f"Stratified log-rank test and Cox model, {level_text(found)}"), _hazards(found), ""]
    parts += [heading("People, events, and the calendar month of the analysis"), _course(found), ""]
    for kind in ("at", "mean"):
        parts += _forms(found, kind)
    parts += [heading("What it rests on"), _assumed(found), ""]
    return [*parts, dim(f"Protocol {found.trial} {short(found.digest)}. Seed {found.seed}. {METHOD}")]


def level_text(found: StudyFound) -> str:
    """The level of the tests in words."""
    return f"{'two' if found.sides == 2 else 'one'}-sided {percent(found.alpha, 3)}"


def percent(share: float, digits: int = 2) -> str:
    """A share as people read it."""
    return f"{100 * share:.{digits}g} %" if share < 0.1 else f"{100 * share:.1f} %"


def share_text(share: Share) -> str:
    """In percent, with the Monte Carlo standard error."""
    decimals = 2 if share.error < 0.002 else 1
    return f"{100 * share.value:.{decimals}f} ± {100 * share.error:.{decimals}f}"


def scenario_text(scenario: ScenarioFound, without: Sequence[str] = ()) -> str:
    """What a scenario is told apart by, in one line."""
    settings = ", ".join(f"{name} {text}" for name, text in scenario.settings if name not in without)
    return f"{scenario.name}: {settings}" if scenario.name and settings else scenario.name or settings


def _table(*heads: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, overflow="fold", vertical="top")
    return table


def _heads(found: StudyFound) -> list[str]:
    named = [""] if any(scenario.name for scenario in found.scenarios) else []
    return [*(name for name, _ in found.scenarios[0].settings), *named]


def _cells(found: StudyFound, scenario: ScenarioFound) -> list[str]:
    named = [scenario.name] if any(each.name for each in found.scenarios) else []
    return [*(text for _, text in scenario.settings), *named]


def _hazards(found: StudyFound) -> Table:
    table = _table(*_heads(found), "rejects, %", "estimated HR", "bias of log HR", "covers, %")
    for scenario in found.scenarios:
        log_rank, cox = scenario.test("logrank"), scenario.test("cox")
        assert log_rank is not None and cox is not None
        table.add_row(
            *_cells(found, scenario), _rejects(scenario, log_rank), _ratio(scenario), _bias(cox.bias),
            "—" if cox.covers is None else share_text(cox.covers),
        )  # fmt: skip
    return table


def _rejects(scenario: ScenarioFound, test: TestFound) -> str:
    return f"{share_text(test.rejects)}{' type I' if scenario.null else ''}"


def _ratio(scenario: ScenarioFound) -> str:
    ratio = scenario.ratio
    return "none" if ratio is None else f"{ratio.median:.2f} ({ratio.low:.2f}–{ratio.high:.2f})"


def _bias(bias: Bias | None) -> str:
    return "—" if bias is None else f"{bias.bias.value:+.4f} ± {bias.bias.error:.4f}"


def spread_text(spread: Spread) -> str:
    """Median, and the range of the middle 90 %."""
    low, median, high = (f"{number:.0f}" for number in (spread.low, spread.median, spread.high))
    return median if low == high else f"{median} ({low} to {high})"


def _course(found: StudyFound) -> Table:
    table = _table(*_heads(found), "people", "events", "month", "short, %", "no HR, %")
    for scenario in found.scenarios:
        table.add_row(
            *_cells(found, scenario), f"{scenario.people:.1f}", spread_text(scenario.events),
            spread_text(Spread(*(each + 0.5 for each in _months(scenario)))),
            *(_rare(share) for share in (scenario.short, scenario.monotone)),
        )  # fmt: skip
    return table


def _months(scenario: ScenarioFound) -> tuple[float, float, float]:
    lasts = scenario.lasts
    return lasts.low, lasts.median, lasts.high


def _rare(share: Share) -> str:
    return "none" if share.count == 0 else "all" if share.count == share.trials else share_text(share)


def _forms(found: StudyFound, kind: TestKind) -> Iterator[RenderableType]:
    """Each form of a comparison in each scenario."""
    if not any(test.kind == kind for test in found.scenarios[0].tests):
        return
    yield heading(f"{_TITLES[kind].format(at=found.at)}, {level_text(found)}, without strata")
    shown = [(scenario, test) for scenario in found.scenarios for test in scenario.tests if test.kind == kind]
    partly = any(test.done.count < test.done.trials for _, test in shown)
    table = _table(*_heads(found), "form", "rejects, %", "bias", "covers, %", *(["computed, %"] if partly else []))
    for scenario, test in shown:
        table.add_row(
            *_cells(found, scenario), test.label, _rejects(scenario, test), _bias(test.bias),
            "—" if test.covers is None else share_text(test.covers), *([_rare(test.done)] if partly else []),
        )  # fmt: skip
    yield table
    yield dim(_HOLD[kind])
    yield ""


def _assumed(found: StudyFound) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in (4, 4, 7):
        table.add_column(ratio=ratio, overflow="fold")
    for each in found.assumed:
        body = Text(f"{each.note} " if each.note else "")
        body.append(f"({each.origin})" if each.note else each.origin, style="dim")
        table.add_row(Text(each.label), Text(each.text), body)
    return indented(table)
