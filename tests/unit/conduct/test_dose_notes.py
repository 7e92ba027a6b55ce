"""What stands beside a decision: advice with its labels, and the source of every number that is shown."""

from datetime import date

from equipoise.conduct.dose_notes import advice_of, sources_of

from .doses import ON, decide, fact


def test_advice_is_shown_with_a_dose_that_may_be_given_and_bears_its_labels() -> None:
    advice = advice_of(decide())
    assert "During the infusion: Infuse over 30 minutes." in advice
    (observe,) = [text for text in advice if "Observe" in text]
    assert observe.startswith("After it: ") and observe.endswith("[ours, not from NELMAS]")
    (unverified,) = [text for text in advice if "7 months" in text]
    assert unverified.endswith("[unverified; ours, not from NELMAS]")
    assert advice_of(decide(fact(ON, platelets="60 10*9/L"))) == ()


def test_each_source_stands_once_with_all_that_rests_on_it() -> None:
    low = decide(fact(date(2026, 5, 28), platelets="60 10*9/L"))
    (days, hold) = sources_of(low)
    assert days.startswith("the days of dose 2: every 8 ± 1 weeks")
    assert hold.startswith("hold-platelets: grade 2, 3 or 4: US prescribing information")
    told = sources_of(decide())
    assert len(told) == len(set(told)) and any(text.startswith("observation: ") for text in told)
