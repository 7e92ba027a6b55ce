"""What becomes known: people, facts, corrections, voids, redactions, visits; every change with its reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from tests.running import FIRST_DAY, Running, before_dose, consent, fact, nelmas, opened, refused

from equipoise.dates import on_day
from equipoise.facts import Fact, chosen, record
from equipoise.ledger.verify import verify
from equipoise.participant.moves import Standing
from equipoise.participant.record import number_of
from equipoise.quantities import exactly
from equipoise.trial import Trial

TODAY: Final = date(2026, 5, 18)
S = Standing


@pytest.fixture
def running() -> Running:
    """With P1, who has consented."""
    running = opened()
    running.bring("P1", S.CONSENTED)
    return running


@pytest.fixture
def inside() -> Running:
    """With P1, who was randomised to the arm that is treated."""
    running = opened("Arm 2")
    running.bring("P1", S.RANDOMISED)
    return running


def entry_of(running: Running, concept: str, person: str = "P1") -> int:
    """The entry of the last standing fact of a concept."""
    return number_of(running.trial.person(person).of_concept(concept)[-1])


# ---------------------------------------------------------------- people
def test_a_person_is_an_identifier_at_the_users_own_site(running: Running) -> None:
    entry = running.trial.identify("site", "P2", FIRST_DAY)
    assert (entry.subject, entry.site, entry.role, entry.body) == ("P2", "S1", "coordinator", {"on": "2026-03-02"})
    assert running.trial.person("P2").since == FIRST_DAY


def test_two_identifiers_that_differ_by_a_capital_letter_are_one(running: Running) -> None:
    assert refused(running, lambda t: t.identify("site", "p1")) == "P1 is in this trial already."


# ---------------------------------------------------------------- facts
def test_a_fact_makes_one_entry_with_who_as_what_where_and_when(running: Running) -> None:
    """R01, R10: user, role, site and UTC time of the server; the day of the observation is another thing."""
    (entry,) = running.trial.record("site", "P1", fact(date(2026, 5, 12), haemoglobin="9.1 g/dL"))
    assert (entry.actor, entry.role, entry.site, entry.kind) == ("site", "coordinator", "S1", "fact")
    assert entry.at == "2026-05-18T12:00:00.000000Z" and entry.concept == "haemoglobin"
    assert running.trial.person("P1").of_concept("haemoglobin")[0].when == on_day(date(2026, 5, 12))


def test_times_never_go_back_though_the_clock_does(running: Running) -> None:
    """R10: monotonic with the sequence."""
    running.trial.identify("site", "P2")
    running.clock.moment = datetime(2026, 5, 1, tzinfo=UTC)
    running.trial.identify("site", "P3")
    times = [entry.at for entry in running.trial.store.entries()]
    assert times == sorted(times) and times[-1] == times[-2]


def test_a_late_entry_shows_both_times_and_the_reason(running: Running) -> None:
    """R31."""
    seen = fact(date(2026, 4, 20), haemoglobin="9.1 g/dL")
    (entry,) = running.trial.record("site", "P1", seen, visit="screening", reason="the notes were found later")
    assert entry.reason == "the notes were found later" and entry.body is not None
    assert (
        entry.body["when"] == "2026-04-20" and entry.at.startswith("2026-05-18") and entry.body["visit"] == "screening"
    )


def test_what_is_recorded_already_is_not_written_again(running: Running) -> None:
    running.trial.record("site", "P1", fact(TODAY, haemoglobin="9.1 g/dL"))
    head = running.trial.state.head
    assert running.trial.record("site", "P1", fact(TODAY, haemoglobin="9.1 g/dL")) == []
    assert running.trial.store.head().seq == head


def test_all_or_none_is_written(running: Running) -> None:
    """R22: one that is refused keeps the others of the same hand out."""
    told = refused(running, lambda t: t.record("site", "P1", fact(TODAY, ecog=1), fact(date(2027, 1, 1), ecog=0)))
    assert told == "ECOG performance status is dated 1 January 2027, which lies ahead: record it when it has been."
    assert running.trial.person("P1").of_concept("ecog") == ()


def test_today_is_where_the_day_has_begun_already(running: Running) -> None:
    running.clock.reach(TODAY, hour=13)
    tomorrow = TODAY + timedelta(days=1)
    running.trial.record("site", "P1", fact(tomorrow, haemoglobin="9.1 g/dL"))  # it is 03:00 there
    assert "lies ahead" in refused(running, lambda t: t.record("site", "P1", fact(tomorrow + timedelta(1), ecog=0)))


def test_a_doubtful_value_is_kept_with_its_question_in_one_write(running: Running) -> None:
    """R09: first value, check and correction are all kept; a power cut cannot part the value from its question."""
    appended: list[int] = []
    whole = running.trial.store.append

    def counted(*args: Any, **kwargs: Any) -> Any:
        appended.append(1)
        return whole(*args, **kwargs)

    running.trial.store.append = counted  # pyright: ignore[reportAttributeAccessIssue]
    facts = fact(TODAY, haemoglobin="91 g/dL"), fact(TODAY, ecog=1), fact(TODAY, platelets="241000 10*9/L")
    entries = running.trial.record("site", "P1", *facts)
    assert appended == [1]
    assert [entry.concept for entry in entries] == ["haemoglobin", "ecog", "platelets"]
    asked = list(running.trial.state.queries.values())
    assert [(each.about, each.open) for each in asked] == [(entries[0].seq, True), (entries[2].seq, True)]
    assert asked[0].text == "Please check: haemoglobin 91 g/dL is outside 2 to 25 g/dL."
    actor = running.trial.store.entry(asked[0].entry)
    assert (actor.actor, actor.role, actor.target) == ("edit-check", "system", entries[0].seq)
    right = running.trial.correct("site", "P1", entries[0].seq, fact(TODAY, haemoglobin="9.1 g/dL"), "digits")
    kept = [(entry.seq, entry.kind) for entry in running.trial.store.of("P1", concept="haemoglobin")]
    assert kept == [(entries[0].seq, "fact"), (asked[0].entry, "query_opened"), (right.seq, "fact")]


# ---------------------------------------------------------------- what no door lets in
RECORDED: list[tuple[str, tuple[Fact, ...], str]] = [
    ("a word that there is not", (Fact("", "mood", chosen("good"), on_day(TODAY)),),
     '"mood" is not a word of this protocol: use one of its concepts.'),
    ("a dose", (fact(TODAY, full_dose={"cycle": "1 1"}),),
     "A dose is recorded by giving it, after the investigator has decided; not as a value."),
    ("a randomisation", (fact(TODAY, randomisation=TODAY),),
     "The day of the randomisation is the day of the allocation: nobody records it by hand."),
    ("a death to come", (fact(TODAY, death=date(2027, 1, 1)),),
     "death is dated 1 January 2027, which lies ahead: record it when it has been."),
    ("a study procedure before the consent", (fact(TODAY, first_study_procedure=date(2026, 5, 10)),),
     "First study procedure on 10 May 2026 lies before the consent of P1 on 11 May 2026."),
    ("a consent to no version in force", (consent(TODAY, "9.9"),),
     'On 18 May 2026 version "2.0" of the consent form was in force, not "9.9".'),
    ("a consent to no version", (fact(TODAY, consent={"withdrawn": "no"}),),
     'On 18 May 2026 version "2.0" of the consent form was in force, and the consent names none.'),
    ("a consent without its day", (fact("2026-04", consent={"version": "2.0"}),),  # pyright: ignore[reportArgumentType]
     "A consent has its day: record the day, month and year on which it was signed."),
    ("a consent before there was a form", (consent(date(2026, 3, 1)),),
     "No version of the consent form was in force at S1 on 1 March 2026."),
    ("a consent that is a withdrawal", (fact(TODAY, consent={"version": "2.0", "withdrawn": "yes"}),),
     "That a consent is withdrawn is recorded as a withdrawal, with its scope."),
    ("two values of one moment", (fact(TODAY, haemoglobin="9.1 g/dL"), fact(TODAY, haemoglobin="9.2 g/dL")),
     "Two things are stated of one moment, one of them haemoglobin 9.1 g/dL on 18 May 2026: state one."),
    ("a death before what was done", (fact(TODAY, death=date(2026, 5, 10)),),
     "The death on 10 May 2026 lies before the last step of P1, on 11 May 2026: check both days."),
    ("a value of the day after the death", (fact(TODAY, ecog=1), fact(TODAY, death=date(2026, 5, 17))),
     "P1 died on 17 May 2026: what is dated later cannot be about them."),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "sentence"), [row[1:] for row in RECORDED], ids=[row[0] for row in RECORDED])
def test_recording_refuses_in_one_sentence(running: Running, facts: tuple[Fact, ...], sentence: str) -> None:
    """R22, R28."""
    assert refused(running, lambda t: t.record("site", "P1", *facts)) == sentence


def test_a_recorded_value_is_not_changed_by_recording_another(running: Running) -> None:
    """R02: refused at the door, whoever comes: page, command or import."""
    (entry,) = running.trial.record("site", "P1", fact(TODAY, bilirubin="0.7 mg/dL", high="1.2 mg/dL"))
    told = (
        f"Already recorded: total bilirubin 0.7 mg/dL on 18 May 2026 (entry {entry.seq}). "
        "Correct that entry, with a reason."
    )
    for other in (fact(TODAY, bilirubin="0.9 mg/dL"), fact(TODAY, bilirubin="0.7 mg/dL", high="1.3 mg/dL")):
        assert refused(running, lambda t, other=other: t.record("site", "P1", other)) == told
    assert running.trial.record("site", "P1", fact(TODAY, bilirubin="0.7 mg/dL")) == []


def test_nothing_of_the_study_comes_before_the_consent() -> None:
    """R28: no study procedure dated before consent, and no event, visit or assessment of the study."""
    running = opened()
    running.bring("P1", S.IDENTIFIED)
    scan = fact(TODAY, disease_assessment={"modality": "mri", "result": "no_disease"})
    told = refused(running, lambda t: t.record("site", "P1", scan))
    assert told == "Disease assessment comes after the consent, and P1 has given none."
    told = refused(running, lambda t: t.visit("site", "P1", "screening", TODAY))
    assert told == "A visit of the study comes after the consent, and P1 has given none."
    running.trial.record(
        "site", "P1", fact(TODAY, haemoglobin="9.1 g/dL")
    )  # from the records, as any hospital has them


def test_a_new_version_of_the_form_holds_from_its_day_on(running: Running) -> None:
    """R28: the version in force on the day of the consent, not on that of its entry."""
    running.trial.bring_consent_into_force("sponsor", "3.0", TODAY)
    running.trial.record("site", "P1", consent(date(2026, 5, 17), "2.0"))
    assert '"3.0"' in refused(running, lambda t: t.record("site", "P1", consent(TODAY, "2.0")))
    running.trial.record("site", "P1", consent(TODAY, "3.0"))
    assert running.trial.signed(running.trial.person("P1")) == {"2.0", "3.0"}


def test_a_death_can_be_told_of_as_not_having_happened(running: Running) -> None:
    running.trial.record("site", "P1", fact(TODAY, death="none"))
    assert running.trial.person("P1").standing is S.CONSENTED


def test_a_visit_is_one_of_the_schedule(running: Running) -> None:
    told = refused(running, lambda t: t.record("site", "P1", fact(TODAY, ecog=1), visit="tea"))
    assert told == 'The schedule has no visit "tea" for P1: leave the name out if it is unscheduled.'


# ---------------------------------------------------------------- corrections
def test_a_correction_keeps_old_new_and_reason(running: Running) -> None:
    """R01, R02: the first value, the correction and the reason all stay, and are shown with who and when."""
    (first,) = running.trial.record("site", "P1", fact(TODAY, haemoglobin="9.1 g/dL"))
    second = running.trial.correct(
        "pharmacist", "P1", first.seq, fact(TODAY, haemoglobin="9.4 g/dL"), " digits swapped "
    )
    assert (second.target, second.reason, second.role) == (first.seq, "digits swapped", "pharmacist")
    old, new = (entry.body for entry in running.trial.store.of("P1", concept="haemoglobin"))
    assert old is not None and new is not None and old["value"] != new["value"]
    assert [number_of(each) for each in running.trial.person("P1").of_concept("haemoglobin")] == [second.seq]


CORRECTED: list[tuple[str, Callable[[Running], object], str]] = [
    ("without a reason", lambda r: r.trial.correct("site", "P1", entry_of(r, "ecog"), fact(TODAY, ecog=2), " "),
     "A correction needs a reason: say why in a few words."),
    ("by the monitor", lambda r: r.trial.correct("monitor", "P1", entry_of(r, "ecog"), fact(TODAY, ecog=2), "why"),
     "monitor is a monitor and may not record that something is known about a person: ask the investigator or "
     "coordinator or pharmacist."),
    ("into another word", lambda r: r.trial.correct("site", "P1", entry_of(r, "ecog"), fact(TODAY, sex="male"), "why"),
     "Entry {ecog} is about ecog, not sex: void it, and record the other."),
    ("into the same", lambda r: r.trial.correct("site", "P1", entry_of(r, "ecog"), fact(TODAY, ecog=1), "why"),
     "That is what entry {ecog} says already: ECOG performance status 1 on 18 May 2026."),
    ("of what is no fact", lambda r: r.trial.correct("site", "P1", 1, fact(TODAY, ecog=1), "why"),
     "Entry 1 holds no fact about P1 that stands: name one that does."),
    ("to a day to come",
     lambda r: r.trial.correct("site", "P1", entry_of(r, "ecog"), fact(date(2027, 1, 1), ecog=1), "y"),
     "ECOG performance status is dated 1 January 2027, which lies ahead: record it when it has been."),
    ("of a consent to no version",
     lambda r: r.trial.correct("site", "P1", entry_of(r, "consent"), consent(TODAY, "1"), "y"),
     'On 18 May 2026 version "2.0" of the consent form was in force, not "1".'),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in CORRECTED], ids=[row[0] for row in CORRECTED])
def test_correcting_refuses_in_one_sentence(running: Running, what: Callable[[Running], object], sentence: str) -> None:
    """R02, R13."""
    running.trial.record("site", "P1", fact(TODAY, ecog=1))
    assert refused(running, lambda _: what(running)) == sentence.format(ecog=entry_of(running, "ecog"))


def test_the_day_of_the_randomisation_stands(inside: Running) -> None:
    """R24: the allocation and its day are never changed, taken back or removed."""
    entry = entry_of(inside, "randomisation")
    earlier = fact(date(2026, 5, 17), randomisation=date(2026, 5, 17))
    told = refused(inside, lambda t: t.correct("site", "P1", entry, earlier, "why"))
    assert told == "The day of the randomisation is the day of the allocation: nobody records it by hand."
    told = "The day of the randomisation is the day of the allocation, which stands for good."
    assert refused(inside, lambda t: t.void("site", "P1", entry, "why")) == told
    assert refused(inside, lambda t: t.redact("data", entry, "why")) == told


def test_a_death_is_corrected_and_moves_nobody(inside: Running) -> None:
    inside.clock.reach(date(2026, 6, 10))
    (death,) = inside.trial.record("site", "P1", fact(date(2026, 6, 1), death=date(2026, 6, 1)))
    later = fact(date(2026, 6, 2), death=date(2026, 6, 2))
    inside.trial.correct("site", "P1", death.seq, later, "the certificate")
    known = inside.trial.person("P1")
    assert known.standing is S.DEAD and known.moved("die") == date(2026, 6, 2)
    told = refused(inside, lambda t: t.record("site", "P1", fact(date(2026, 6, 3), ecog=1)))
    assert told == "P1 died on 2 June 2026: what is dated later cannot be about them."


# ---------------------------------------------------------------- taking back
def test_what_was_taken_back_stays_readable_with_the_reason(running: Running) -> None:
    """R01, R02: a void is an entry, with its reason."""
    (entry,) = running.trial.record("site", "P1", fact(TODAY, ecog=1))
    void = running.trial.void("site", "P1", entry.seq, "of another person")
    assert (void.kind, void.target, void.reason, void.concept) == ("void", entry.seq, "of another person", "ecog")
    assert running.trial.store.entry(entry.seq).body is not None
    assert running.trial.person("P1").of_concept("ecog") == ()
    told = refused(running, lambda t: t.void("site", "P1", entry.seq, "again"))
    assert told == f"Entry {entry.seq} holds no fact about P1 that stands: name one that does."


def test_the_reason_of_a_void_is_asked_for(running: Running) -> None:
    told = refused(running, lambda t: t.void("site", "P1", entry_of(running, "consent"), ""))
    assert told == "It needs a reason that something recorded is taken back: say why in a few words."


def test_the_death_of_somebody_before_entry_is_taken_back(running: Running) -> None:
    (death,) = running.trial.record("site", "P1", fact(TODAY, death=TODAY))
    assert running.trial.person("P1").standing is S.DEAD
    running.trial.void("site", "P1", death.seq, "another person has died")
    assert running.trial.person("P1").standing is S.CONSENTED


def test_the_consent_of_somebody_before_entry_is_taken_back(running: Running) -> None:
    running.trial.void("site", "P1", entry_of(running, "consent"), "signed by another person")
    assert running.trial.person("P1").standing is S.IDENTIFIED


def test_the_second_consent_stands_when_the_first_is_taken_back(running: Running) -> None:
    first = entry_of(running, "consent")
    running.trial.record("site", "P1", consent(TODAY))
    running.trial.void("site", "P1", first, "not dated by the person")
    assert running.trial.person("P1").standing is S.CONSENTED


def test_what_somebody_in_the_trial_rests_on_is_not_taken_back(inside: Running) -> None:
    """R24: it is corrected, and the allocation stands."""
    entry = entry_of(inside, "consent")
    told = refused(inside, lambda t: t.void("site", "P1", entry, "lost"))
    screened = inside.trial.person("P1").latest("screened")
    assert screened is not None and told == (
        f"That P1 is screened (entry {screened.seq}) rests on entry {entry}: correct that entry, or take back first "
        f"what "
        "came after it."
    )
    inside.trial.correct("site", "P1", entry, consent(date(2026, 5, 10)), "misread")
    assert inside.trial.person("P1").standing is S.RANDOMISED


@pytest.mark.parametrize("kind", ["withdrawn", "lost", "follow_up_began", "visit", "excluded"])
def test_a_step_of_the_site_is_taken_back(kind: str) -> None:
    """R01: who was recorded as withdrawn by mistake, say for another person, is back."""
    running = opened("Arm 2")
    running.bring("P1", S.RANDOMISED if kind != "excluded" else S.SCREENED)
    before = running.trial.person("P1").standing
    steps: dict[str, Callable[[Trial], Any]] = {
        "withdrawn": lambda t: t.withdraw("site", "P1", "all", "moved"),
        "lost": lambda t: t.lose("site", "P1", "never answers"),
        "follow_up_began": lambda t: t.follow("site", "P1"),
        "visit": lambda t: t.visit("site", "P1", "", TODAY),
        "excluded": lambda t: t.exclude("site", "P1", "declined"),
    }
    entry = steps[kind](running.trial)
    assert entry.kind == kind
    running.trial.void("site", "P1", entry.seq, "another person")
    known = running.trial.person("P1")
    assert known.standing is before and entry.seq not in {act.seq for act in known.acts}


@pytest.mark.parametrize("kind", ["randomised", "screened", "eligible"])
def test_an_allocation_a_screening_and_a_signature_are_never_taken_back(inside: Running, kind: str) -> None:
    """R24."""
    entry = inside.trial.person("P1").latest(kind)
    assert entry is not None
    told = refused(inside, lambda t: t.void("site", "P1", entry.seq, "why"))
    assert told.startswith(f"Entry {entry.seq} says that ") and told.endswith(": that stands, and is never taken back.")


# ---------------------------------------------------------------- redactions
NAME = "Mrs Rosalind Example"


def test_personal_data_are_removed_and_the_chain_holds(running: Running) -> None:
    """R11: content gone from the ledger and from every projection; who and why stay; verify passes."""
    event = record(term=chosen("nausea"), grade=exactly(2, "{score}"))
    fact_with_name = Fact("", "adverse_event", event, on_day(TODAY), reported=f"as {NAME} says")
    (entry,) = running.trial.record("site", "P1", fact_with_name)
    query = running.trial.ask("monitor", "P1", entry.seq, f"Did {NAME} say so?")
    running.trial.answer("site", query.seq, f"{NAME} did.")
    answer = running.trial.state.head
    for number in (entry.seq, query.seq, answer):
        gone = running.trial.redact("data", number, "a name was typed")
        assert (gone.actor, gone.reason, gone.target) == ("data", "a name was typed", number)
    assert NAME not in repr(running.trial.state) and NAME not in repr(list(running.trial.store.entries()))
    with running.trial.store.rows() as rows:
        assert NAME not in repr(list(rows))
    assert verify(running.trial.store).ok
    assert running.trial.state == running.trial.state_at()
    assert running.trial.state.queries[query.seq].open and not running.trial.person("P1").of_concept("adverse_event")


def test_another_door_forgets_it_as_well(running: Running) -> None:
    """R11: also in the memory of a program that read it before."""
    other = Trial(nelmas(), running.trial.store, running.clock)
    (entry,) = running.trial.record("site", "P1", Fact("", "sex", chosen("male"), source=NAME))
    other.catch_up()
    running.trial.redact("data", entry.seq, "a name")
    assert NAME not in repr(other.catch_up()) and other.state == running.trial.state


@pytest.mark.parametrize("concept", ["consent", "full_dose", "death"])
def test_a_step_is_corrected_before_it_is_redacted(inside: Running, concept: str) -> None:
    """R11: nobody is undone by a word that has to go; what was corrected is redacted, and nobody moves."""
    inside.treat("P1", date(2026, 5, 27))
    if concept == "death":
        inside.trial.record("site", "P1", fact(date(2026, 5, 27), death=date(2026, 5, 27)))
    known = inside.trial.person("P1")
    entry = entry_of(inside, concept)
    old = known.fact(entry)
    assert old is not None
    told = refused(inside, lambda t: t.redact("data", entry, "a name"))
    assert str(entry) in told and "correct" in told
    inside.trial.correct("site", "P1", entry, replace(old, source="the form"), "a name was in its source")
    inside.trial.redact("data", entry, "a name")
    assert inside.trial.person("P1").standing is known.standing


def test_a_reason_is_redacted_alone(running: Running) -> None:
    """R11: reasons are words as well."""
    left = running.trial.withdraw("site", "P1", "all", f"{NAME} says no")
    running.trial.redact("data", left.seq, "a name", part="reason")
    known = running.trial.person("P1")
    assert known.standing is S.WITHDRAWN and known.withdrawal is not None and known.withdrawal.scope == "all"
    assert NAME not in repr(running.trial.state)


def test_what_a_serious_event_rests_on_is_corrected_before_it_is_redacted(running: Running) -> None:
    """R11, R27: no clock is lost by a word that has to go."""
    stated = fact(TODAY, adverse_event={"term": "anaemia", "grade": "3 {score}", "serious": "yes"})
    (entry,) = running.trial.record("site", "P1", stated)
    running.trial.report_serious("site", "P1", entry.seq)
    told = refused(running, lambda t: t.redact("data", entry.seq, "a name"))
    assert told == (
        f"Entry {entry.seq} was reported as a serious event: correct it first, without what is personal, and then "
        f"redact "
        "what it said."
    )
    again = fact(TODAY, adverse_event={"term": "anaemia", "grade": "4 {score}", "serious": "yes"})
    running.trial.correct("site", "P1", entry.seq, again, "the grade")
    clocks = running.trial.serious_clocks()
    running.trial.redact("data", entry.seq, "a name")
    assert running.trial.serious_clocks() == clocks and len(clocks) == 1


REDACTED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("an allocation", lambda t: t.redact("data", _last(t, "randomised"), "why"),
     "Entry {0} says that a person is allocated to an arm: no words of anybody are in it."),
    ("an access", lambda t: t.redact("data", 2, "why"),
     "Entry 2 says that a user is given access: no words of anybody are in it."),
    ("the consent that all rests on",
     lambda t: t.redact("data", number_of(t.person("P1").of_concept("consent")[0]), "y"),
     "That P1 is screened (entry {1}) rests on entry {2}: correct that entry, or take back first what came after it."),
    ("without a reason", lambda t: t.redact("data", number_of(t.person("P1").of_concept("sex")[0]), ""),
     "It needs a reason that content with personal data is removed: say why in a few words."),
    ("by the site", lambda t: t.redact("site", 2, "why"),
     "site is a coordinator and may not record that content with personal data is removed: ask the data manager or "
     "investigator."),
    ("a reason that there is not", lambda t: t.redact("data", _last(t, "randomised"), "why", "reason"),
     "Entry {0} has no reason that could be redacted."),
    ("what is not there", lambda t: t.redact("data", 9999, "why"), "The ledger has no entry 9999."),
]  # fmt: skip


def _last(trial: Trial, kind: str) -> int:
    entry = trial.person("P1").latest(kind)
    assert entry is not None
    return entry.seq


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REDACTED], ids=[row[0] for row in REDACTED])
def test_redacting_refuses_in_one_sentence(inside: Running, what: Callable[[Trial], object], sentence: str) -> None:
    numbers = (_last(inside.trial, "randomised"), _last(inside.trial, "screened"), entry_of(inside, "consent"))
    assert refused(inside, what) == sentence.format(*numbers)


# ---------------------------------------------------------------- visits
def test_a_visit_is_made_or_missed(inside: Running) -> None:
    inside.clock.reach(date(2026, 8, 18))
    trial = inside.trial
    trial.visit("site", "P1", "follow_up.1", date(2026, 8, 18), done=False, reason="on holiday")
    assert _status(trial, "follow_up.1") == "missed"
    trial.visit("site", "P1", "follow_up.1", date(2026, 8, 18), reason="came after all")
    assert _status(trial, "follow_up.1") == "done"
    assert trial.visit("site", "P1", "", date(2026, 8, 1)).body == {"slot": "", "on": "2026-08-01", "done": True}


def _status(trial: Trial, slot: str) -> str:
    return next(each.status for each in trial.visits("P1") if each.slot == slot)


VISITED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("a name that there is not", lambda t: t.visit("site", "P1", "tea", TODAY),
     'The schedule has no visit "tea" for P1: leave the name out if it is unscheduled.'),
    ("a day to come", lambda t: t.visit("site", "P1", "", date(2026, 6, 1)),
     "The visit is dated 2026-06-01, which lies ahead: record it when it has been."),
    ("missed without a reason", lambda t: t.visit("site", "P1", "follow_up.1", TODAY, done=False),
     "A missed visit needs its reason: say why in a few words."),
    ("a visit twice", lambda t: t.visit("site", "P1", "screening", TODAY),
     "Screening of P1 is recorded already, on 12 May 2026."),
    ("a visit that was made as missed", lambda t: t.visit("site", "P1", "screening", TODAY, False, "why"),
     "Screening of P1 is recorded already, on 12 May 2026."),
    ("a dose", lambda t: t.visit("site", "P1", "dose_1", TODAY),
     "Dose 1 of P1 is done by giving it: record the dose."),
    ("what is counted from a dose", lambda t: t.visit("site", "P1", "labs_dose_1.1", TODAY),
     "Blood tests after dose 1, 4 weeks of P1 is counted from dose 1, which has no day yet."),
    ("before what it is counted from", lambda t: t.visit("site", "P1", "follow_up.1", date(2026, 5, 17)),
     "Follow-up, 3 months of P1 is counted from the randomisation, which was on 18 May 2026."),
    ("before the consent", lambda t: t.visit("site", "P1", "", date(2026, 5, 1)),
     "A visit of the study on 1 May 2026 lies before the consent of P1 on 11 May 2026."),
    ("by the monitor", lambda t: t.visit("monitor", "P1", "dose_9", TODAY),
     "monitor is a monitor and may not record that a visit was made, or was missed: ask the investigator or "
     "coordinator."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in VISITED], ids=[row[0] for row in VISITED])
def test_a_visit_is_refused_in_one_sentence(inside: Running, what: Callable[[Trial], object], sentence: str) -> None:
    """R22, R28."""
    assert refused(inside, what) == sentence


def test_a_visit_is_made_though_the_day_of_the_surgery_is_known_in_part() -> None:
    running = opened()
    running.bring("P1", S.CONSENTED)
    running.trial.record("site", "P1", fact("2026-04", liver_resection={"residual": "R0"}))  # pyright: ignore[reportArgumentType]
    running.trial.visit("site", "P1", "screening", TODAY)
    assert _status(running.trial, "screening") == "done"


# ---------------------------------------------------------------- after the end
@pytest.mark.parametrize(("scope", "permitted"), [
    ("treatment", {"records", "visit", "event", "death", "scan"}), ("visits", {"records", "event", "death"}),
    ("all", set()),
])  # fmt: skip
def test_after_a_withdrawal_comes_only_what_its_scope_permits(inside: Running, scope: str, permitted: set[str]) -> None:
    """R35: dated after it; what was before it is recorded late all the same."""
    left, later = date(2026, 6, 3), date(2026, 6, 10)
    inside.clock.reach(left)
    inside.trial.withdraw("site", "P1", scope, "no reason given")
    inside.clock.reach(later)
    tries: dict[str, Callable[[Trial], object]] = {
        "records": lambda t: t.record("site", "P1", fact(later, haemoglobin="9.1 g/dL")),
        "visit": lambda t: t.visit("site", "P1", "", later),
        "event": lambda t: t.record("site", "P1", fact(later, adverse_event={"term": "nausea"})),
        "scan": lambda t: t.record("site", "P1", fact(later, disease_assessment={"modality": "mri"})),
        "death": lambda t: t.record("site", "P1", fact(later, death=later)),
    }
    told = (
        f'P1 withdrew on 3 June 2026 with the scope "{scope}": nothing of this kind is recorded after that day.'
    )  # fmt: skip
    for name in tries.keys() - permitted:
        assert refused(inside, tries[name]) == told
    inside.trial.record("site", "P1", fact(left, haemoglobin="9.0 g/dL"))
    for name in [each for each in tries if each in permitted]:
        tries[name](inside.trial)


def test_a_correction_is_no_way_round_a_withdrawal(inside: Running) -> None:
    """R35: a value of before is not corrected into one of after."""
    left, later = date(2026, 6, 3), date(2026, 6, 10)
    inside.clock.reach(left)
    (entry,) = inside.trial.record("site", "P1", fact(left, haemoglobin="9.0 g/dL"))
    inside.trial.withdraw("site", "P1", "all", "no reason given")
    inside.clock.reach(later)
    told = refused(inside, lambda t: t.correct("site", "P1", entry.seq, fact(later, haemoglobin="9.1 g/dL"), "y"))
    assert told.startswith("P1 withdrew on 3 June 2026")
    inside.trial.correct("site", "P1", entry.seq, fact(left, haemoglobin="9.1 g/dL"), "misread")


def test_treatment_visits_end_with_a_withdrawal_from_the_treatment(inside: Running) -> None:
    """R35: a scope of "treatment" permits no visit for treatment."""
    inside.clock.reach(date(2026, 6, 3))
    inside.trial.withdraw("site", "P1", "treatment", "tired of it")
    inside.clock.reach(date(2026, 6, 10))
    told = refused(inside, lambda t: t.visit("site", "P1", "dose_1", date(2026, 6, 10)))
    assert told.startswith('P1 withdrew on 3 June 2026 with the scope "treatment"')


def test_the_dead_consent_to_nothing(inside: Running) -> None:
    inside.trial.record("site", "P1", fact(TODAY, death=TODAY))
    told = refused(inside, lambda t: t.record("site", "P1", consent(TODAY)))
    assert told == 'P1 cannot be recorded as somebody who consents to another version: the standing is "dead".'
    yesterday = date(2026, 5, 17)
    told = refused(inside, lambda t: t.record("site", "P1", fact(yesterday, death=yesterday)))
    assert told.startswith("Already recorded: death 18 May 2026")


# ---------------------------------------------------------------- two at once
def test_a_verb_is_decided_anew_when_somebody_else_wrote_meanwhile(inside: Running) -> None:
    """R23: the second of two who record the same value at once writes nothing; a different one is refused."""
    other = Trial(nelmas(), inside.trial.store, inside.clock)
    inside.trial.record("site", "P1", *before_dose(TODAY))
    assert other.state.head < inside.trial.state.head
    head = inside.trial.state.head
    assert other.record("site", "P1", fact(TODAY, alt="24 U/L")) == [] and other.store.head().seq == head
    assert refused(inside, lambda _: other.record("site", "P1", fact(TODAY, alt="25 U/L"))).startswith(
        "Already recorded"
    )
