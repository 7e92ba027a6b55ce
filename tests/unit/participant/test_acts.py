"""Who may write what: roles, own site, reasons, as one table."""

from itertools import product

import pytest

from equipoise.participant.acts import (
    ACTS,
    AT_A_SITE,
    OUTSIDE,
    ROLES,
    SITE,
    TAKEN_BACK,
    WORDED,
    User,
    a_role,
    check_may_act,
    check_reason,
)
from equipoise.participant.moves import Refused

# What those who see a trial from outside may write about a person; all of it stands beside the site's data.
BESIDE = {
    "serious_event_received", "causality_opinion", "serious_event_submitted", "query_opened", "query_closed",
    "verified",
}  # fmt: skip


def may(user: User, kind: str, site: str = "") -> bool:
    try:
        check_may_act(user, kind, site)
    except Refused:
        return False
    return True


@pytest.mark.parametrize(("role", "kind"), [*product(ROLES, ACTS)])
def test_a_role_may_what_the_table_says(role: str, kind: str) -> None:
    assert may(User("u-1", role), kind) == (role in ACTS[kind].who)


@pytest.mark.parametrize("role", OUTSIDE)
def test_who_is_outside_changes_nothing_of_a_site(role: str) -> None:
    """R13: sponsor roles cannot change site data; a monitor cannot edit forms."""
    written = {act.kind for act in ACTS.values() if act.personal and may(User("u-1", role), act.kind)}
    assert written <= BESIDE
    assert not written & {"fact", "void", "visit", "redaction", "screened", "eligible", "randomised", "signed"}


def test_nobody_but_the_investigator_signs() -> None:
    """R17: eligibility, doses and casebooks are signed by the investigator."""
    signing = ("eligible", "dose_decided", "dose_overridden", "signed")
    assert {ACTS[kind].who for kind in signing} == {("investigator",)}


@pytest.mark.parametrize("kind", [act.kind for act in ACTS.values() if act.personal and act.own_site])
def test_a_site_writes_about_its_own_people(kind: str) -> None:
    """R13: about people of another site nobody writes who belongs to one."""
    role = ACTS[kind].who[0]
    assert may(User("u-1", role, "S1"), kind, "S1")
    with pytest.raises(Refused, match=r"u-1 belongs to site S1 and this person to site S2: ask there\."):
        check_may_act(User("u-1", role, "S1"), kind, "S2")


def test_the_refusal_names_the_role_and_whom_to_ask() -> None:
    with pytest.raises(Refused) as caught:
        check_may_act(User("u-7", "investigator"), "data_lock")
    assert str(caught.value) == (
        "u-7 is an investigator and may not record that the data are locked: ask the data manager or sponsor."
    )
    assert a_role("data_manager") == "a data manager"


def test_what_changes_or_takes_away_needs_its_reason() -> None:
    """R02: without a reason nothing is taken back, removed, ended, overridden, adopted or unlocked."""
    demanding = {
        "void", "redaction", "withdrawn", "lost", "dose_overridden", "access_ended", "site_closed", "protocol_adopted",
        "data_unlock", "unblinded",
    }  # fmt: skip
    assert {act.kind for act in ACTS.values() if act.reason} == demanding
    for kind in demanding:
        check_reason(kind, "why")
        for reason in ("", "  \n"):
            with pytest.raises(Refused, match=r"It needs a reason that .*: say why in a few words\."):
                check_reason(kind, reason)
    check_reason("fact", "")


def test_what_can_be_taken_back_is_a_sites_own_and_never_an_allocation_or_a_signature() -> None:
    """R24: an allocation is never undone."""
    assert all(ACTS[kind].who == SITE for kind in TAKEN_BACK)
    assert not {"randomised", "screened", "eligible", "dose_decided", "signed"} & set(TAKEN_BACK)


def test_what_can_be_redacted_is_what_somebody_typed() -> None:
    """R11: words can be taken away, never an allocation, an access or a lock."""
    assert set(WORDED) == {"fact", "query_opened", "query_answered", "exported"}


def test_who_works_at_a_site() -> None:
    assert set(AT_A_SITE) == {"investigator", "coordinator", "pharmacist"} and not set(AT_A_SITE) & set(OUTSIDE)
