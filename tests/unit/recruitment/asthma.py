"""A small cohort of the sandbox trial: people who fit, but for one thing or two."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from equipoise.facts import Fact, Reading
from equipoise.protocol.load import load_trial

from ...asking import dated, fact

ON = date(2026, 6, 1)
COMPLETE = ("biologic",)
TRIAL = load_trial(Path(__file__).parents[2] / "trials" / "sandbox")

FIT = (
    dated("birth_date", "1980-05-05"),
    fact("baseline_visit", {}, "2026-05-04"),
    fact("exacerbation", {"treated_with": "steroids"}, "2025-09-10"),
    fact("exacerbation", {"treated_with": "steroids+antibiotics"}, "2026-02"),
    fact("eosinophils", "350 /uL", "2025-11-02"),
    fact("sputum", {"growth": "none"}, "2026-01-15"),
    fact("fev1", "2000 mL", "2026-05-04"),
    fact("fev1", "1.7 L", "2026-05-28"),
    fact("potassium", "3.9 mmol/L", "2026-05-28"),
    fact("smoking", "vapour", "2026-05-28"),
    fact("saturation", "95 %", "2026-05-04"),
)


def person(name: str, *more: Fact, without: tuple[str, ...] = ()) -> list[Fact]:
    """A person who fits, without the facts of some concepts and with some other facts."""
    kept = [each for each in FIT if each.concept not in without]
    return [replace(each, person=name) for each in (*kept, *more)]


PEOPLE = [
    person("fits"),
    person("fits-too", fact("eosinophils", "320 /uL", "2025-08-01")),
    person("few-cells", fact("eosinophils", "280 /uL", "2025-08-01")),
    person("fewer-cells", fact("eosinophils", "250 /uL", "2025-08-01")),
    person("old", dated("birth_date", "1950-05-05"), without=("birth_date",)),
    person(
        "old-with-few-cells", dated("birth_date", "1949-01-01"), fact("eosinophils", "260 /uL", "2025-08-01"),
        without=("birth_date",),
    ),
    person("smoker", fact("smoking", "tobacco", "2026-05-30")),
    person("falling", fact("fev1", "1500 mL", "2026-05-30")),
    person("cells-not-known", without=("eosinophils",)),
    person("little-known", without=("eosinophils", "smoking", "potassium")),
    person("treated", fact("biologic", {}, "2025-01-01", "2026-04-20")),
    person("visit-in-april", fact("baseline_visit", {}, "2026-04-07"), without=("baseline_visit", "fev1")),
    person("smoker-of-whom-cells-are-not-known", fact("smoking", "tobacco", "2026-05-30"), without=("eosinophils",)),
]  # fmt: skip
NAMES = [facts[0].person for facts in PEOPLE]
SITES = {name: "S1" if number % 3 else "S2" for number, name in enumerate(NAMES) if name != "old"}
READING = Reading({name: frozenset() for name in NAMES}, tuple(each for facts in PEOPLE for each in facts), sites=SITES)
