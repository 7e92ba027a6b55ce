"""A small trial's safety for the tests: words for events, three clocks, one expected reaction, one late effect."""

from decimal import Decimal

from equipoise.dates import Duration
from equipoise.protocol.safety import Clock, EventWords, Expected, Late, Safety

from ...asking import vocabulary_of

WORDS = vocabulary_of("""
[event]
label = "adverse event"
kind = "record"
lasts = true
absence = "no"
source = "test"
[event.fields.what]
label = "term"
kind = "choice"
answers = { nausea = "nausea", marrow = "marrow failure", rash = "rash" }
[event.fields.grade]
label = "grade"
kind = "quantity"
unit = "{score}"
[event.fields.related]
label = "related"
kind = "yes_no"
[event.fields.serious]
label = "serious"
kind = "yes_no"
[event.fields.outcome]
label = "outcome"
kind = "choice"
answers = { resolved = "resolved", died = "died", unknown = "unknown" }
unclear = ["unknown"]
[dose]
label = "dose"
kind = "record"
absence = "no"
source = "test"
""")
DAY = Clock("day", "tell the sponsor", "site_awareness", "serious", "sponsor", 24, 0, "test")
SEVEN = Clock(
    "seven", "tell the authority", "sponsor_awareness", "susar_fatal_or_life_threatening", "authority", 0, 7, "test"
)
FIFTEEN = Clock("fifteen", "tell the authority", "sponsor_awareness", "susar_other", "authority", 0, 15, "test")
NAUSEA = Expected(("nausea",), 3, False, "test")
MEDIANS = Decimal(26), Decimal(41)
MARROW = Late("l", "late", ("marrow",), "for life", MEDIANS, Decimal("0.6"), Duration(36, "month"), "test")
SAFETY = Safety(
    event=EventWords("event", "what", "grade", "related", "serious", "outcome", "died"),
    clocks=(DAY, SEVEN, FIFTEEN),
    expected=(NAUSEA,),
    late=(MARROW,),
)
