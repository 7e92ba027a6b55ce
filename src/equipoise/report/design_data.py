"""A design as data: one JSON object, or rows of CSV (section, key, value)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import orjson

from ..analysis.design.asked import Answer
from ..analysis.design.reproduced import Dossier, Given
from ..analysis.design.size import METHODS
from ..protocol.model import Protocol
from .design import CAUTION, look_notes, rule_words, sentence
from .design_published import follows, reproduced

_DIGITS: Final = 8


def design_json(trial: Protocol, told: Dossier | None, answer: Answer) -> bytes:
    """One object: trial, protocol, what, published (where the trial's own is told), design, premises."""
    found: dict[str, Any] = {
        "trial": trial.acronym, "protocol": trial.digest, "what": CAUTION,
        "published": None if told is None else _published(trial, told), "design": _design(answer),
        "premises": [
            {"label": each.label, "value": each.text, "source": each.source, "note": each.note,
             "origin": f"ours, not from {trial.acronym}" if each.ours else each.source or "stated in this command"}
            for each in answer.question.premises
        ],
    }  # fmt: skip
    return orjson.dumps(_rounded(found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def design_csv(trial: Protocol, told: Dossier | None, answer: Answer) -> bytes:
    """Rows: key, value; the keys are the paths of the JSON object, with dots."""
    whole: dict[str, Any] = {
        "trial": trial.acronym, "protocol": trial.digest, "what": CAUTION,
        **({} if told is None else {"published": _published(trial, told)}), "design": _design(answer),
    }  # fmt: skip
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(["key", "value"])
    rows.writerows(_flat("", _rounded(whole)))
    return stream.getvalue().encode()


def _published(trial: Protocol, told: Dossier) -> dict[str, Any]:
    tried = told.reproduction
    return {
        "sizes": [asdict(each) for each in told.plan.sizes],
        "stated": {
            key: {"value": each.value, "source": each.source, "note": each.note}
            for key, each in told.plan.published.items()
        },
        "hazard_ratio": told.hazard_ratio, "published_ratio": told.published_ratio,
        "published_ratio_is_a_yearly_rate": told.is_a_rate,
        "yearly_rates": {"control": told.yearly[0], "experimental": told.yearly[1]},
        "people_for_published_ratio": [{"power": each.power, "people": each.exact} for each in told.literal],
        "follows": follows(told),
        "never_published": [each.what for each in told.plan.unpublished],
        "settings_that_give_it": {
            "whose": f"ours, not from {trial.acronym}", "sentences": reproduced(told), "tried": tried.tried,
            "giving": {str(people): [_given(each) for each in given] for people, given in tried.giving.items()},
            "candidates": [{**_given(given), "note": each.note} for each, given in told.candidates],
            "joint": tried.joint, "fewest_by_alpha": {f"{alpha:g}": n for alpha, n in tried.smallest.items()},
        },
        "powers": {
            "whose": f"ours, not from {trial.acronym}", "alpha_one_sided": told.alpha,
            "of_published_shares": [{"people": people, "power": power} for people, power in told.attained],
            "table": [
                {"people": row.people, "control": row.control,
                 "power_by_hazard_ratio": dict(zip((f"{r:g}" for r in told.ratios), row.powers, strict=True))}
                for row in told.table
            ],
        },
    }  # fmt: skip


def _given(given: Given) -> dict[str, Any]:
    return {"people": given.people, "before_rounding": given.exact, **asdict(given.settings)}


def _design(answer: Answer) -> dict[str, Any]:
    asked = answer.question
    return {
        "sentence": sentence(answer), "people": answer.people, "people_for_wanted_power": answer.needed,
        "power": answer.power, "hazard_ratio": asked.hazard_ratio, "alpha": asked.alpha, "sides": asked.sides,
        "sizes": [
            {"method": each.method, "formula": METHODS[each.method], "people": each.people,
             "events": each.all_events}
            for each in answer.sizes
        ],
        "tests": [each._asdict() for each in answer.tests],
        "course": [each._asdict() for each in answer.course],
        "looks": None if answer.plan is None else _looks(answer),
        "standing": None if answer.standing is None else answer.standing._asdict(),
    }  # fmt: skip


def _looks(answer: Answer) -> dict[str, Any]:
    plan = answer.plan
    assert plan is not None
    return {
        "rule": rule_words(plan.rule), "alpha_one_sided": plan.alpha, "inflation": plan.inflation,
        "futility": None if plan.futility is None else
        {"rule": rule_words(plan.futility.spending), "binding": plan.futility.binding},
        "expected_information": {"no_effect": plan.expected_information[0], "as_planned": plan.expected_information[1]},
        "notes": look_notes(answer),
        "each": [
            {**each._asdict(),
             "stop_null": {"benefit": each.stop_null[0], "futility": each.stop_null[1]},
             "stop_alternative": {"benefit": each.stop_alternative[0], "futility": each.stop_alternative[1]}}
            for each in answer.looks
        ],
    }  # fmt: skip


def _rounded(value: Any) -> Any:
    """The same, with numbers to as many digits as mean anything."""
    match value:
        case float():
            return round(value, _DIGITS)
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
        case list() | tuple():
            return [_rounded(each) for each in value]
        case _:
            return value


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case dict():
            for key, each in value.items():
                yield from _flat(f"{path}.{key}" if path else key, each)
        case list():
            for number, each in enumerate(value, start=1):
                yield from _flat(f"{path}.{number}", each)
        case None:
            yield path, ""
        case _:
            yield path, value
