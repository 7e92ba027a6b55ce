"""The question behind equipoise design: what is stated in the command, else what the trial's design.toml holds."""

from collections.abc import Mapping
from typing import Any, Final, cast

from ..analysis.design.asked import Premise, Question
from ..analysis.design.events import ratio_of_survivals
from ..analysis.design.sequential import OBRIEN_FLEMING, POCOCK, Futility, HaybittlePeto, Rule, WangTsiatis
from ..analysis.design.spending import HwangShihDeCani, LikeObrienFleming, LikePocock, PowerFamily, Spending
from ..faults import Fault
from ..protocol.design_plan import Stated
from ..protocol.model import Protocol

# key -> (option, label, unit); the order in which they are told.
_PREMISES: Final = {
    "control": ("--control-rate", "control arm without an event", ""),
    "experimental": ("--experimental-rate", "experimental arm without an event", ""),
    "hr": ("--hr", "hazard ratio", ""),
    "at": ("--at", "at", " months"),
    "alpha": ("--alpha", "alpha, of all sides", ""),
    "sides": ("--sides", "sides of the test", ""),
    "power": ("--power", "power wanted", ""),
    "method": ("--method", "formula", ""),
    "accrual": ("--accrual", "accrual", " months"),
    "followup": ("--followup", "follow-up of the last patient", " months"),
    "loss": ("--loss", "lost to follow-up in a year", ""),
}
_ASKING: Final = (*_PREMISES, "people", "looks", "seen_z", "seen_events")
_STATED: Final = {
    "delay": ("months without any effect", 0.0), "ratio": ("people in the experimental arm for one control", 1.0),
    "people": ("people", None),
}  # fmt: skip


def has_asked(asked: Mapping[str, Any]) -> bool:
    """Whether the command states anything of a design of its own."""
    return any(asked[key] is not None for key in _ASKING) or asked["delay"] != 0 or asked["ratio"] != 1


def question(trial: Protocol, asked: Mapping[str, Any], rule: Rule | None, futility: Futility | None) -> Question:
    """The whole question. Raises Fault for what is missing, with the option that states it."""
    if asked["hr"] is not None and asked["experimental"] is not None:
        raise Fault("Name either --hr or --experimental-rate: each follows from the other.")
    if (asked["seen_z"] is None) != (asked["seen_events"] is None):
        raise Fault("Conditional power needs both --seen-z and --seen-events.")
    known = _known(trial, asked)
    if "hr" not in known and "experimental" not in known:
        raise Fault("The effect is missing: state --hr or --experimental-rate.")
    for key, (option, label, _) in _PREMISES.items():
        if key not in known and key not in ("hr", "experimental"):
            raise Fault(f"{label[0].upper()}{label[1:]} is missing: state {option}.")
    control, at = known["control"].number, known["at"].number
    ratio = known["hr"].number if "hr" in known else ratio_of_survivals(control, known["experimental"].number)
    return Question(
        control=control, at=at, hazard_ratio=ratio, alpha=known["alpha"].number, sides=int(known["sides"].number),
        power=known["power"].number, method=cast(Any, known["method"].value), accrual=known["accrual"].number,
        followup=known["followup"].number, loss=known["loss"].number, delay=asked["delay"], ratio=asked["ratio"],
        people=asked["people"], looks=asked["looks"], rule=rule, futility=futility,
        seen=None if asked["seen_z"] is None else (asked["seen_z"], asked["seen_events"]),
        premises=(
            *(_premise(key, known[key]) for key in _PREMISES if key in known),
            *(Premise(label, f"{asked[key]:g}") for key, (label, usual) in _STATED.items() if asked[key] != usual),
        ),
    )  # fmt: skip


def _known(trial: Protocol, asked: Mapping[str, Any]) -> dict[str, Stated]:
    """What the trial's folder holds, and over it what is stated. One effect takes the place of the other."""
    plan = trial.design
    known = {**plan.published, **plan.settings}
    known.pop("hazard_ratio", None)  # as published it may be no ratio at all: see the dossier
    known.setdefault("loss", Stated(0.0, ours=True, note="Nobody is lost."))
    stated = {key: Stated(asked[key]) for key in _PREMISES if asked[key] is not None}
    if "hr" in stated or "experimental" in stated:
        known.pop("experimental", None)
    return {**known, **stated}


def _premise(key: str, stated: Stated) -> Premise:
    _, label, unit = _PREMISES[key]
    value = stated.value
    text = value if isinstance(value, str) else f"{value:g}{unit}"
    return Premise(label, text, stated.source, stated.ours, stated.note)


# ---------------------------------------------------------------- names of boundaries
def rule_named(name: str) -> Rule:
    """A boundary without spending, by its name. Raises Fault."""
    word, _, number = name.partition(":")
    match word, number:
        case "obrien-fleming", "":
            return OBRIEN_FLEMING
        case "pocock", "":
            return POCOCK
        case "wang-tsiatis", _:
            return WangTsiatis(_number(name, number, "wang-tsiatis:0.25"))
        case "haybittle-peto", _:
            return HaybittlePeto(_number(name, number, "haybittle-peto:3") if number else 3.0)
        case _:
            raise Fault(
                f'--bounds: "{name}" is none of obrien-fleming, pocock, wang-tsiatis:0.25, haybittle-peto:3; '
                "spending functions go after --spending."
            )


def spending_named(name: str, option: str) -> Spending:
    """A spending function by its name. Raises Fault."""
    word, _, number = name.partition(":")
    match word, number:
        case "like-obrien-fleming", "":
            return LikeObrienFleming()
        case "like-pocock", "":
            return LikePocock()
        case "hsd", _:
            return HwangShihDeCani(_number(name, number, "hsd:-4"))
        case "power", _:
            return PowerFamily(_number(name, number, "power:3"))
        case _:
            raise Fault(f'{option}: "{name}" is none of like-obrien-fleming, like-pocock, hsd:-4, power:3.')


def _number(name: str, number: str, example: str) -> float:
    try:
        found = float(number)
    except ValueError:
        raise Fault(f'"{name}" needs a number after the colon: {example}.') from None
    if not abs(found) < 1e3:
        raise Fault(f'"{name}" needs a number nearer to 0: {example}.')
    return found
