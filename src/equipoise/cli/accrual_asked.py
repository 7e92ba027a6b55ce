"""The options of equipoise accrual, with a trial's assumptions where nothing is stated -> one question."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from ..dates import Duration, shifted
from ..faults import Fault
from ..recruitment.accrual import Plan
from ..recruitment.accrual_assumptions import (
    AccrualAssumptions,
    Assumed,
    assumed_looks,
    assumed_plan,
)
from ..recruitment.accrual_belief import Recruited
from ..recruitment.accrual_fit import with_fitted_rates
from ..recruitment.accrual_funnel import FunnelNumbers
from ..recruitment.accrual_question import Question, looks_after
from .accrual_files import assumptions_of, funnel_of, recruited_of, sites_of

# Options whose words are keys of the assumptions.
_STATED: Final = {
    "target": "target", "by": "by", "rate": "rate", "cv": "between_sites", "common_cv": "common", "consent": "consent",
    "consent_worth": "consent_worth", "ramp": "ramp", "season": "season", "wanted": "wanted", "lead": "lead",
    "stop_below": "stop_below",
}  # fmt: skip
_NOTHING: Final = "Nothing is stated, so nothing is assumed."
_DEFAULTS: Final = (
    ("between_sites", 0.0, _NOTHING), ("common", 0.0, _NOTHING), ("ramp", 0.0, _NOTHING), ("wanted", 0.8, ""),
    ("lead", 3, ""),
)  # fmt: skip
_OF_THE_TRIAL: Final = (
    "starts",
    "sites",
    "opening_every",
    "expected_share",
    "recruited",
    "looks",
    "ended",
    "by",
    "rate",
)
_LOOKS: Final = (3, 6, 12)  # months
_HORIZON: Final = Duration(10, "year")


def question(trial: str, acronym: str, today: date, **asked: Any) -> Question:
    """The question that the options ask. Raises Fault for what is missing or contradicts itself."""
    own = asked["sites"] is not None
    assumed = _assumed(trial, own, asked)
    _require(assumed, own, acronym)
    if own:
        return _of_own_sites(assumed, today, asked)
    return _of_the_trial(assumed, asked)


def _assumed(trial: str, own: bool, asked: dict[str, Any]) -> AccrualAssumptions:
    """What the trial assumes, with what is stated in its place, and the defaults where neither says anything."""
    found = assumptions_of(trial) or AccrualAssumptions({})
    if own:
        found = found.without(*_OF_THE_TRIAL, "stop_below")
    for key, value, note in _DEFAULTS:
        found = found.with_default(key, value, note)
    for option, key in _STATED.items():
        if asked[option] is not None:
            found = found.stated(key, asked[option])
    return found


def _require(assumed: AccrualAssumptions, own: bool, acronym: str) -> None:
    if not own and "sites" not in assumed.entries:
        raise Fault(f"{acronym} assumes nothing of its recruitment: name your sites with --sites sites.csv.")
    for key, option in (("target", "--target N"), ("by", "--by DATE")):
        if key not in assumed.entries:
            raise Fault(
                f"{option} is missing: {'how many people' if key == 'target' else 'by which day'} are they wanted?"
            )


def _of_own_sites(assumed: AccrualAssumptions, today: date, asked: dict[str, Any]) -> Question:
    on = asked["on"] or today
    funnel = _funnel(asked)
    sites = sites_of(asked["sites"], funnel.rates if funnel else {}, asked["rate"], assumed["between_sites"])
    recruited, later = recruited_of(asked["recruited"], on) if asked["recruited"] else (Recruited(), 0)
    plan = Plan(
        sites, assumed["target"], assumed.pace, assumed["common"], assumed.get("consent", 1.0),
        assumed.get("consent_worth"),
    )  # fmt: skip
    if all(site.cv != assumed["between_sites"] for site in sites):
        assumed = assumed.without("between_sites")  # every row states its own
    told = [*assumed.entries.values(), _told_of_sites(plan, asked["sites"]), *_told_of_funnel(funnel, asked)]
    if asked["prior"] == "estimated":
        plan = with_fitted_rates(plan, on, recruited)
        told = [each for each in told if each.key not in ("common", "rate", "between_sites")]
        told += _told_of_estimates(plan)
    first = date.fromordinal(min(site.opens.lo for site in sites))
    return _question(plan, ((on, recruited),), assumed, asked, tuple(told), first, later)


def _told_of_sites(plan: Plan, path: Path) -> Assumed:
    total = sum(site.rate for site in plan.sites)
    note = f"Together {total:.3g} people a month once all are open and started."
    return Assumed("sites", "sites", float(len(plan.sites)), f"stated in {path.name}", note=note, stated=True)


def _funnel(asked: dict[str, Any]) -> FunnelNumbers | None:
    return funnel_of(asked["funnel"], asked["count"]) if asked["funnel"] else None


def _told_of_funnel(funnel: FunnelNumbers | None, asked: dict[str, Any]) -> list[Assumed]:
    if funnel is None:
        return []
    who = "those eligible" if funnel.counted == "eligible" else "all who are not surely excluded"
    note = f"It counts {who}. Sites without a rate of their own have that of the funnel's months."
    note += " Its people are synthetic." if funnel.synthetic else ""
    return [
        Assumed("funnel", "months of the funnel", funnel.months, f"from {asked['funnel'].name}", note=note, stated=True)
    ]


def _told_of_estimates(plan: Plan) -> list[Assumed]:
    site, source = plan.sites[0], "estimated from what all sites have recruited"
    note = "Taken for certain: with few sites or people the intervals are too narrow."
    return [
        Assumed("rate", "people a site finds a month, on average", site.rate, source, note=note, stated=True),
        Assumed("between_sites", "how sites differ: coefficient of variation", site.cv, source, stated=True),
    ]


def _of_the_trial(assumed: AccrualAssumptions, asked: dict[str, Any]) -> Question:
    """The trial's assumed sites: its own history, or one day of it."""
    for option in ("rate", "consent", "consent_worth"):
        if asked[option] is not None:
            raise Fault(f"--{option.replace('_', '-')} is for sites of your own: name them with --sites.")
    if asked["prior"] == "estimated":
        raise Fault("--prior estimated is for sites of your own: name them with --sites and --recruited.")
    plan = assumed_plan(assumed)
    note = "The rate at which the plan is expected to reach its target by its day; nothing else is known of it."
    rate = Assumed("rate", "people a site finds a month, on average", plan.sites[0].rate, "derived", True, note)
    told = tuple(assumed.with_entry(rate).entries.values())
    on, looks, later = asked["on"], tuple(assumed_looks(assumed)), 0
    if asked["recruited"]:
        if on is None:
            raise Fault("--recruited needs --on DATE: the day up to which these people were recruited.")
        recruited, later = recruited_of(asked["recruited"], on)
        looks = ((on, recruited),)
    elif on is not None:
        number = assumed.get("recruited", 0) if on >= assumed["starts"] else 0
        looks = ((on, Recruited({"site 1": number} if number else {})),)
    elif not looks:
        raise Fault("State with --on DATE from which day to look: the trial's assumptions name no looks.")
    return _question(plan, looks, assumed, asked, told, assumed["starts"], later, history=on is None)


def _question(
    plan: Plan, looks: tuple[tuple[date, Recruited], ...], assumed: AccrualAssumptions, asked: dict[str, Any],
    told: tuple[Assumed, ...], start: date, later: int, history: bool = False,
) -> Question:  # fmt: skip
    by, below, funnel = assumed["by"], assumed.get("stop_below"), _funnel(asked)
    if asked["looks"] and below is None:
        raise Fault("--look is for a stop rule: state with --stop-below P below which chance a trial stops.")
    months = asked["looks"] or [each for each in assumed.get("looks", _LOOKS) if each] or _LOOKS
    horizon = asked["horizon"] or date.fromordinal(shifted(max(looks[0][0], start).toordinal(), _HORIZON))
    return Question(
        plan, looks, by, max(horizon, by) if asked["horizon"] is None else horizon, assumed["wanted"], assumed["lead"],
        funnel.gains if funnel else {}, below, looks_after(start, months, by), asked["trials"],
        asked["seed"], told, history, asked["sites"] is not None, later,
    )  # fmt: skip
