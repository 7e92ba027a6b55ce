"""A running trial as one JSON object."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import orjson

from ...analysis.prediction import Predicted
from .joint import Joint
from .outlook import Monitoring, Power


def monitoring_json(found: Monitoring, joint: Sequence[Joint] = ()) -> bytes:
    """The whole, indented; a day that never comes is null."""
    data = monitoring_dict(found, joint)
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def monitoring_dict(found: Monitoring, joint: Sequence[Joint] = ()) -> dict[str, Any]:
    """The whole as plain data."""
    return {
        "trial": found.trial.acronym, "data": found.mark or "trial", "on": found.on.isoformat(),
        "ledger_position": found.position, "protocol": found.trial.digest, "blind": found.blind, "seed": found.seed,
        "accrual": {
            **{key: value for key, value in found.accrual._asdict().items() if key != "last"},
            "last": _predicted(found.accrual.last),
        },
        "people": found.people, "events": found.events, "followed": found.followed, "left": found.left,
        "needed_events": found.needed or None, "events_at_last_look": found.at_end._asdict(),
        "expected": [
            {"label": each.label, "after": each.after, "ours": each.ours, **_predicted(each.predicted)}
            for each in found.expected
        ],
        "power": None if found.power is None else _power(found.power), "why_no_power": found.why_no_power,
        "toxicity": [
            {
                "rule": each.stopping.id, "people": each.tally.people, "events": each.tally.events,
                "pending": len(each.tally.pending), "unclear": len(each.tally.unclear), "chance": each.chance,
                "stop": each.stop, "could": each.could, "sentence": each.sentence, "ours": each.stopping.ours,
            }
            for each in found.toxicity
        ],
        "bounds": [
            {"look": each.look.id, "information": each.information, "z": _known(each.z)} for each in found.bounds
        ],
        "simulated": [
            {
                **asdict(each), "toxicity": each.toxicity, "benefit": each.benefit, "neither": each.neither,
                "by_look": [
                    {"look": bound.look.id, "toxicity": stopped, "benefit": crossed}
                    for bound, (stopped, crossed) in zip(found.bounds, each.by_look, strict=True)
                ],
            }
            for each in joint
        ],
        "assumed": [each._asdict() for each in found.assumed],
    }  # fmt: skip


def _predicted(each: Predicted) -> dict[str, Any]:
    return {
        "events": each.events or None, "reached": each.reached, "median": each.median,
        "intervals": [interval._asdict() for interval in each.intervals], "chance": each.chance,
    }  # fmt: skip


def _power(power: Power) -> dict[str, Any]:
    return {
        "z": power.z, "information": power.information, "events": power.events, "planned": power.planned,
        "conditional_by_design": power.by_design, "conditional_by_trend": power.by_trend,
        "predictive": power.predictive, "next_look": None if power.bound is None else power.bound.look.id,
        "bound": None if power.bound is None else _known(power.bound.z),
    }  # fmt: skip


def _known(z: float) -> float | None:
    return z if abs(z) != float("inf") else None
