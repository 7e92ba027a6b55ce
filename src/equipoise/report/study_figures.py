"""The pictures of a simulated trial: power, type I error, bias, coverage, events and duration over calendar time."""

from collections.abc import Callable, Sequence
from typing import Final

from ..analysis.operating import NOMINAL, ScenarioFound, StudyFound, TestFound
from .study_chart import TONES, Axis, Curve, axis, chart_svg, rows_svg
from .study_text import level_text, scenario_text

_MOST: Final = 6  # lines in one picture


def study_figures(found: StudyFound) -> dict[str, bytes]:
    """File name -> SVG, each by itself and marked as simulated; without those of which nothing is known."""
    drawn = {
        "power.svg": _power(found), "type-i-error.svg": _type_i(found), "bias.svg": _bias(found),
        "coverage.svg": _coverage(found), "events.svg": _events(found), "duration.svg": _duration(found),
    }  # fmt: skip
    return {name: content for name, content in drawn.items() if content is not None}


def _title(found: StudyFound, what: str) -> str:
    return f"{found.trial}: {what}, {found.trials:,} simulated trials each"


# ---------------------------------------------------------------- over the hazard ratio
def _lines(
    found: StudyFound, number: Callable[[ScenarioFound], tuple[float, float, float] | None], further: bool = False
) -> list[Curve]:
    """One line for the scenarios that differ in the hazard ratio only.

    number: with its low and high end, or None. further: also the scenarios beside the grid.
    """
    groups: dict[str, list[tuple[float, tuple[float, float, float]]]] = {}
    for scenario in found.scenarios:
        value = number(scenario)
        if value is not None and (further or not scenario.name):
            groups.setdefault(scenario_text(scenario, ("HR",)), []).append((scenario.hazard_ratio, value))
    return [
        Curve(
            label or "as planned", tuple((ratio, value) for ratio, (value, _, _) in sorted(points)),
            tuple((low, high) for _, (_, low, high) in sorted(points)),
        )
        for label, points in list(groups.items())[:_MOST]
    ]  # fmt: skip


def _ratios(curves: Sequence[Curve]) -> Axis:
    ratios = sorted({x for curve in curves for x, _ in curve.points})
    margin = 0.05 * ((ratios[-1] - ratios[0]) or 1)
    ticks = tuple((ratio, f"{ratio:g}") for ratio in ratios)
    return Axis("hazard ratio assumed", ratios[0] - margin, ratios[-1] + margin, ticks)


def _main(scenario: ScenarioFound) -> TestFound | None:
    """The test that a picture of power is about."""
    return scenario.tests[0] if scenario.tests else None


def _power(found: StudyFound) -> bytes | None:
    def rejects(scenario: ScenarioFound) -> tuple[float, float, float] | None:
        test = _main(scenario)
        return None if test is None else (test.rejects.value, *test.rejects.interval)

    curves = _lines(found, rejects, further=True)
    if not curves:
        return None
    test = _main(found.scenarios[0])
    assert test is not None
    return chart_svg(
        "power", _title(found, f"how often the {test.label} test rejects, {level_text(found)}"), f"{found.mark}.",
        _ratios(curves), axis("rejects", [0, 1], percent=True), curves, (found.alpha, "level"),
    )  # fmt: skip


def _bias(found: StudyFound) -> bytes | None:
    def bias(scenario: ScenarioFound) -> tuple[float, float, float] | None:
        cox = scenario.test("cox")
        if cox is None or cox.bias is None:
            return None
        value, half = cox.bias.bias.value, NOMINAL * cox.bias.bias.error
        return value, value - half, value + half

    curves = _lines(found, bias)
    if not curves:
        return None
    ends = [end for curve in curves for pair in curve.ends for end in pair]
    return chart_svg(
        "bias", _title(found, "bias of the log hazard ratio"), f"{found.mark}.", _ratios(curves),
        axis("estimated less true", [*ends, 0.0]), curves, (0.0, "none"),
    )  # fmt: skip


def _coverage(found: StudyFound) -> bytes | None:
    def covers(scenario: ScenarioFound) -> tuple[float, float, float] | None:
        cox = scenario.test("cox")
        return None if cox is None or cox.covers is None else (cox.covers.value, *cox.covers.interval)

    curves, nominal = _lines(found, covers), 1 - found.alpha * (1 if found.sides == 2 else 2)
    if not curves:
        return None
    ends = [end for curve in curves for pair in curve.ends for end in pair]
    return chart_svg(
        "coverage", _title(found, "how often the interval of the hazard ratio holds the true one"), f"{found.mark}.",
        _ratios(curves), axis("covers", [*ends, nominal], percent=True), curves, (nominal, "nominal"),
    )  # fmt: skip


# ---------------------------------------------------------------- where nothing differs
def _type_i(found: StudyFound) -> bytes | None:
    kinds = {"hazards": "", "at": f" at {found.at:g} months", "mean": f" of mean times to {found.at:g} months"}
    rows = [
        (f"{test.label}{kinds[test.kind]}{_where(scenario)}", test.rejects.value, test.rejects.interval)
        for scenario in found.scenarios
        if scenario.null
        for test in scenario.tests
    ]
    if not rows:
        return None
    ends = [end for _, _, pair in rows for end in pair]
    across = axis("rejects, with 95 % Monte Carlo intervals", [*ends, found.alpha], percent=True)
    return rows_svg(
        "type-i", _title(found, "how often tests reject where nothing differs"), f"{found.mark}.", across, rows,
        (found.alpha, "level"),
    )  # fmt: skip


def _where(scenario: ScenarioFound) -> str:
    place = scenario_text(scenario, ("HR",))
    return f", {place}" if place else ""


# ---------------------------------------------------------------- over calendar time
def _events(found: StudyFound) -> bytes | None:
    shown = _two(found)
    if not shown:
        return None
    last = min(max(_last_month(scenario) for scenario in shown), len(shown[0].calendar))
    curves = [
        Curve(
            scenario_text(scenario),
            ((0.0, 0.0), *((float(month.month), month.events.median) for month in scenario.calendar[:last])),
            ((0.0, 0.0), *((month.events.low, month.events.high) for month in scenario.calendar[:last])),
        )
        for scenario in shown
    ]
    highest = max(month.events.high for scenario in shown for month in scenario.calendar[:last])
    return chart_svg(
        "events", _title(found, "events seen, with the middle 90 % of the trials"), f"{found.mark}.",
        axis("calendar month", [0, last]), axis("events", [0, max(highest, 1)]), curves, bands=True,
    )  # fmt: skip


def _two(found: StudyFound) -> list[ScenarioFound]:
    """The first scenario, and one in which nothing differs; more bands could not be told apart."""
    counted = [scenario for scenario in found.scenarios if scenario.calendar]
    return [*counted[:1], *[scenario for scenario in counted[1:] if scenario.null][:1]] or counted[:1]


def _last_month(scenario: ScenarioFound) -> int:
    """A month by which nearly all trials have been analysed."""
    return int(scenario.lasts.high) + 4


def _duration(found: StudyFound) -> bytes | None:
    """Scenarios that last alike are drawn once: only what changes the calendar is told apart."""
    kept: dict[tuple[int, ...], ScenarioFound] = {}
    for scenario in found.scenarios:
        if scenario.name == "" or not kept:
            kept.setdefault(_without_chance(scenario), scenario)
    shown = list(kept.values())[:TONES]
    first = max(0, min(int(scenario.lasts.low) for scenario in shown) - 8)
    last = max(_last_month(scenario) for scenario in shown) + 4
    curves = [
        Curve(_name(scenario, len(shown)), tuple(
            (month + 0.5, scenario.months[month] / scenario.trials)
            for month in range(first, min(last, len(scenario.months)))
        ))
        for scenario in shown
    ]  # fmt: skip
    highest = max(y for curve in curves for _, y in curve.points)
    return chart_svg(
        "duration", _title(found, "calendar month of the analysis"), f"{found.mark}.",
        axis("calendar month", [first, last]), axis("share of the trials", [0, highest], percent=True), curves,
        bands=True,
    )  # fmt: skip


def _without_chance(scenario: ScenarioFound) -> tuple[int, ...]:
    lasts = scenario.lasts
    return round(lasts.low / 2), round(lasts.median / 2), round(lasts.high / 2)


def _name(scenario: ScenarioFound, of: int) -> str:
    return scenario_text(scenario) if of > 1 else "all scenarios"
