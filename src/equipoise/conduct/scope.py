"""How far a withdrawal goes: what may still be done and recorded of somebody who has left the trial, as a table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from ..protocol.visits import VisitKind

Scope = Literal["treatment", "visits", "all"]
What = VisitKind | Literal["adverse_event", "records", "vital_status"]

# What the person withdrew from, as the person is told and as the site records it.
SCOPES: Final[Mapping[Scope, str]] = MappingProxyType(
    {
        "treatment": "from the study's treatment only: the visits go on",
        "visits": "from all visits: what the records and the registers of deaths say may still be used",
        "all": "from everything: nothing more is collected; what was recorded before stays",
    }
)
WHAT: Final[Mapping[What, str]] = MappingProxyType(
    {
        "treatment": "visits for treatment",
        "safety": "visits for safety",
        "assessment": "visits for imaging",
        "contact": "visits and contacts",
        "adverse_event": "following up adverse events that had begun",
        "records": "data from the hospital's records",
        "vital_status": "whether the person is alive",
    }
)

#                                treatment safety assessment contact adverse_event records vital_status
_ROWS: Final[Mapping[Scope, tuple[bool, ...]]] = {
    "treatment":                 (False,   True,  True,      True,   True,         True,   True),
    "visits":                    (False,   False, False,     False,  True,         True,   True),
    "all":                       (False,   False, False,     False,  False,        False,  False),
}  # fmt: skip

PERMITS: Final[Mapping[tuple[Scope, What], bool]] = MappingProxyType(
    {(scope, what): allowed for scope, row in _ROWS.items() for what, allowed in zip(WHAT, row, strict=True)}
)


def permits(scope: Scope | None, what: What) -> bool:
    """May this still be done or recorded of somebody who withdrew with that scope? None: nobody withdrew."""
    return scope is None or PERMITS[scope, what]


def read_scope(text: str) -> Scope | None:
    """The scope of that name; None when there is no such scope."""
    return text if text in get_args(Scope) else None  # pyright: ignore[reportReturnType]
