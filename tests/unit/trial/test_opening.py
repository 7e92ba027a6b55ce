"""How a trial begins: opened, access, sites, consent forms, the commitment, an amendment; each with its refusals."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.running import CONSENT, FIRST_DAY, SEED, Running, consent, nelmas, opened, refused, salts

from equipoise.conduct.randomise import commitment, scheme_body
from equipoise.conduct.randomiser import Randomiser
from equipoise.ledger.memory import MemoryStore
from equipoise.participant.moves import Standing
from equipoise.protocol.allocation import Allocation
from equipoise.trial import Trial

AMENDED = replace(nelmas(), digest="a" * 64)


@pytest.fixture
def running() -> Running:
    return opened()


def amended(running: Running) -> Trial:
    """A door to the same ledger under another version of the protocol."""
    return Trial(AMENDED, running.trial.store, running.clock, running.trial.randomiser)


# ---------------------------------------------------------------- opened
def test_a_trial_is_opened_once_under_its_protocol(running: Running) -> None:
    state = running.trial.state
    assert state.protocol == nelmas().digest and state.settings["acronym"] == "NELMAS" and state.settings["synthetic"]
    sentence = "A trial is opened already in this ledger: go on with that, or name a new file."
    assert refused(running, lambda t: Trial.opened(nelmas(), t.store, running.clock, "sponsor-2")) == sentence


def test_who_opens_it_is_identified() -> None:
    running = opened()
    sentence = refused(running, lambda t: Trial.opened(nelmas(), MemoryStore(salts()), running.clock, "Mrs Smith"))
    assert sentence == (
        '"Mrs Smith" is no identifier of a user: write at most 64 letters (a to z), digits and . _ - / : without '
        "blanks, and never a name."
    )


# ---------------------------------------------------------------- access
def test_access_is_an_entry_and_its_change_another(running: Running) -> None:
    """R08, R34: login roles are entries; who had which access on any past date."""
    since = running.trial.grant("sponsor", "coord-2", "coordinator", "S1")
    running.clock.wait(timedelta(days=3))
    until = running.trial.end_access("sponsor", "coord-2", "left the site")
    assert (since.kind, until.kind, until.reason) == ("access_granted", "access_ended", "left the site")
    before, between, after = (
        running.trial.state_at(at=at).access.get("coord-2")
        for at in ("2026-03-02T07:00:00.000000Z", since.at, until.at)
    )
    assert before is None and between is not None and after is not None
    assert (between.role, between.site, between.until, after.until) == ("coordinator", "S1", "", until.at)


def test_access_that_ended_is_none_at_once(running: Running) -> None:
    """R20: deactivation holds at once, and identifiers are never given again."""
    running.trial.grant("sponsor", "coord-2", "coordinator", "S1")
    running.trial.identify("coord-2", "P1")
    running.trial.end_access("sponsor", "coord-2", "left")
    sentence = refused(running, lambda t: t.identify("coord-2", "P2"))
    assert sentence == '"coord-2" has no access to this trial: the sponsor grants it.'
    sentence = refused(running, lambda t: t.grant("sponsor", "coord-2", "monitor"))
    assert sentence == 'The identifier "coord-2" was given before and is never given again: choose another.'


REFUSED: list[tuple[str, Callable[[Trial], object], str]] = [
    ("a role that there is not", lambda t: t.grant("sponsor", "u-1", "friend"),
     '"friend" is not a role of a trial: investigator, coordinator, pharmacist, data_manager, monitor, sponsor, '
     "statistician, system."),
    ("a site that there is not", lambda t: t.grant("sponsor", "u-1", "coordinator", "S9"),
     'There is no site "S9": open it first.'),
    ("a coordinator of no site", lambda t: t.grant("sponsor", "u-1", "coordinator"),
     "u-1 would be a coordinator of no site: name the site at which the user works."),
    ("the name of the edit check", lambda t: t.grant("sponsor", "edit-check", "monitor"),
     'The identifier "edit-check" was given before and is never given again: choose another.'),
    ("a name", lambda t: t.grant("sponsor", "Jo Smith", "monitor"),
     '"Jo Smith" is no identifier of a user: write at most 64 letters (a to z), digits and . _ - / : without blanks, '
     "and never a name."),
    ("by somebody else", lambda t: t.grant("data", "u-1", "monitor"),
     "data is a data manager and may not record that a user is given access: ask the sponsor or system."),
    ("by nobody", lambda t: t.grant("nobody", "u-1", "monitor"),
     '"nobody" has no access to this trial: the sponsor grants it.'),
    ("ended without a reason", lambda t: t.end_access("sponsor", "monitor", " "),
     "It needs a reason that a user's access ends: say why in a few words."),
    ("the last sponsor", lambda t: t.end_access("sponsor", "sponsor", "left"),
     "sponsor is the last sponsor of this trial: grant another one access first."),
    ("a site twice", lambda t: t.open_site("sponsor", "S1"), "Site S1 is open already."),
    ("a site to come", lambda t: t.open_site("sponsor", "S2", date(2026, 4, 1)),
     "The opening is dated 2026-04-01, which lies ahead: record it when it has been."),
    ("a site without a name", lambda t: t.open_site("sponsor", " "),
     "The site has no name: give it one, on one line."),
    ("a site that is not open", lambda t: t.close_site("sponsor", "S2", "why"), "Site S2 is not open."),
    ("closed without a reason", lambda t: t.close_site("sponsor", "S1", ""),
     "It needs a reason that a site is closed: say why in a few words."),
    ("a version twice", lambda t: t.bring_consent_into_force("sponsor", CONSENT, date(2026, 3, 9)),
     "Version 2.0 of the consent form came into force before; give a new one a new number."),
    ("a version without a number", lambda t: t.bring_consent_into_force("sponsor", "", date(2026, 3, 9)),
     "The version of the consent form has no name: give it one, on one line."),
    ("a version at no site", lambda t: t.bring_consent_into_force("sponsor", "3.0", date(2026, 3, 9), "S9"),
     'There is no site "S9": open it first.'),
    ("committed twice", lambda t: t.commit_randomisation("sponsor"),
     "The commitment to the random list stands in the ledger already."),
    ("the protocol in force", lambda t: t.adopt("sponsor", "why"),
     "This version of the protocol is in force already."),
]  # fmt: skip


@pytest.mark.parametrize(("what", "sentence"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_it_refuses_in_one_sentence(running: Running, what: Callable[[Trial], object], sentence: str) -> None:
    assert refused(running, what) == sentence


def test_a_second_sponsor_may_end_the_access_of_the_first(running: Running) -> None:
    running.trial.grant("sponsor", "sponsor-2", "sponsor")
    running.trial.end_access("sponsor-2", "sponsor", "retired")
    assert refused(running, lambda t: t.open_site("sponsor", "S2")).startswith('"sponsor" has no access')


# ---------------------------------------------------------------- sites
def test_nobody_enters_at_a_closed_site_until_it_is_open_again(running: Running) -> None:
    running.trial.close_site("sponsor", "S1", "no capacity")
    assert refused(running, lambda t: t.identify("site", "P1")) == 'Site "S1" is not open: the sponsor opens it first.'
    running.trial.open_site("sponsor", "S1")
    assert running.trial.identify("site", "P1").site == "S1"


# ---------------------------------------------------------------- consent forms
def test_a_new_version_puts_people_on_the_list_of_those_to_be_asked_again(running: Running) -> None:
    """R28: who is in the trial and signed an earlier version is on the list, until they sign."""
    running.bring("P1", Standing.RANDOMISED)
    running.bring("P2", Standing.SCREENED)
    today = running.trial.today
    assert running.trial.to_consent_again(today) == []
    running.trial.bring_consent_into_force("sponsor", "3.0", today)
    assert running.trial.to_consent_again(today) == ["P1"]
    assert running.trial.to_consent_again(today - timedelta(days=1)) == []
    running.trial.record("site", "P1", consent(today, "3.0"))
    assert running.trial.to_consent_again(today) == []


def test_a_version_that_asks_nobody_again_does_not_excuse_from_the_one_before(running: Running) -> None:
    """R28: 3.0 asks everybody again, 3.1 corrects a letter of it: who has signed neither is still to be asked."""
    running.bring("P1", Standing.RANDOMISED)
    today = running.trial.today
    running.trial.bring_consent_into_force("sponsor", "2.1", today, again=False)
    assert running.trial.to_consent_again(today) == []
    running.trial.bring_consent_into_force("sponsor", "3.0", today)
    running.trial.bring_consent_into_force("sponsor", "3.1", today, again=False)
    assert running.trial.to_consent_again(today) == ["P1"]
    running.trial.record("site", "P1", consent(today, "3.1"))
    assert running.trial.to_consent_again(today) == []


def test_a_site_sees_a_version_from_its_own_day_on(running: Running) -> None:
    """R29: a version holds at a site from its approval there."""
    running.trial.open_site("sponsor", "S2")
    running.trial.bring_consent_into_force("sponsor", "2.0-a", FIRST_DAY, "S2")
    at = [running.trial.state.consent_in_force(site, FIRST_DAY) for site in ("S1", "S2")]
    assert [each.version for each in at if each is not None] == ["2.0", "2.0-a"]


# ---------------------------------------------------------------- the commitment
def test_the_commitment_stands_before_the_first_person_and_tells_nothing(running: Running) -> None:
    """R25: what the ledger holds before an allocation is a digest and the scheme."""
    (entry,) = running.trial.store.of(kinds=["randomisation_committed"])
    assert entry.body == {
        "commitment": commitment("NELMAS", SEED), "scheme": scheme_body(nelmas().allocation.scheme)
    }  # fmt: skip
    assert SEED.hex() not in repr([each.body for each in running.trial.store.entries()])


def test_without_a_randomiser_nothing_is_committed() -> None:
    running = opened()
    door = Trial.opened(nelmas(), MemoryStore(salts()), running.clock, "sponsor")
    running.trial = door
    sentence = refused(running, lambda t: t.commit_randomisation("sponsor"))
    assert sentence == "There is no randomiser here: name its store and its key."


# ---------------------------------------------------------------- an amendment
def test_another_version_of_the_protocol_is_shut_out_until_it_is_adopted(running: Running) -> None:
    """R29: a ledger runs under one version at a time; the sponsor adopts the next, with a reason."""
    new = amended(running)
    sentence = (
        f"This ledger runs under protocol {nelmas().digest[:12]}, not under {'a' * 12}: take that version, or let the "
        "sponsor adopt this one, with a reason."
    )
    assert refused(running, lambda t: new.identify("site", "P1")) == sentence
    assert refused(running, lambda t: new.adopt("sponsor", "")).startswith("It needs a reason that another version")
    new.adopt("sponsor", "amendment 2")
    assert new.identify("site", "P1").seq == new.state.head
    assert refused(running, lambda t: t.identify("site", "P2")).startswith(
        "This ledger runs under protocol aaaaaaaaaaaa,"
    )


def test_a_protocol_of_another_trial_is_never_adopted(running: Running) -> None:
    new = Trial(replace(AMENDED, id="sandbox"), running.trial.store, running.clock)
    sentence = "This ledger is that of NELMAS: it cannot go on under a protocol of another trial."
    assert refused(running, lambda t: new.adopt("sponsor", "why")) == sentence


def test_a_version_that_allocates_otherwise_is_not_adopted_after_the_commitment(running: Running) -> None:
    """R25: the committed list cannot be changed by an amendment."""
    scheme = replace(nelmas().allocation.scheme, block_sizes=(4,))
    other = replace(AMENDED, allocation=replace(nelmas().allocation, scheme=scheme))
    new = Trial(other, running.trial.store, running.clock)
    sentence = "This version allocates people in another way, and the committed list cannot be changed."
    assert refused(running, lambda t: new.adopt("sponsor", "why")) == sentence


def test_a_randomiser_of_another_list_is_not_asked() -> None:
    """R25, R26: whoever hands in another store gets no allocation from it."""
    running = opened()
    running.bring("P1", Standing.ELIGIBLE)
    allocation: Allocation = nelmas().allocation
    running.trial.randomiser = Randomiser.in_memory(allocation, bytes(32))
    sentence = "This randomiser holds another list than the trial committed itself to: name its own store."
    assert refused(running, lambda t: t.randomise("site", "P1")) == sentence
    assert running.trial.randomiser.used() == ()
