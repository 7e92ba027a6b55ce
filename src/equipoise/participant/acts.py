"""What may be done in a trial, by whom: one closed table of the ledger's kinds, which the docs draw."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from .moves import Refused

Role = Literal[
    "investigator", "coordinator", "pharmacist", "data_manager", "monitor", "sponsor", "statistician", "system"
]
ROLES: Final[tuple[str, ...]] = get_args(Role)
SITE: Final = ("investigator", "coordinator")
AT_A_SITE: Final = (*SITE, "pharmacist")
# These see the trial from outside: they never touch a site's data (ICH E6(R3), 4.2 and 4.3).
OUTSIDE: Final = ("monitor", "sponsor", "statistician")


@dataclass(frozen=True, slots=True)
class Act:
    """One kind of entry: what it is, who may make it, whether it is about a person, whether it needs a reason.

    own_site: only about people of the actor's own site.
    """

    kind: str
    label: str
    who: tuple[str, ...]
    personal: bool = True
    reason: bool = False
    own_site: bool = True


_ACTS = (
    Act("trial_opened", "the trial is opened under a protocol", ("sponsor", "system"), personal=False),
    Act("protocol_adopted", "another version of the protocol is adopted", ("sponsor",), personal=False, reason=True),
    Act("site_opened", "a site is opened", ("sponsor",), personal=False),
    Act("site_closed", "a site is closed", ("sponsor",), personal=False, reason=True),
    Act("access_granted", "a user is given access", ("sponsor", "system"), personal=False),
    Act("access_ended", "a user's access ends", ("sponsor", "system"), personal=False, reason=True),
    Act("consent_version", "a version of the consent form comes into force", ("sponsor",), personal=False),
    Act("randomisation_committed", "the commitment to the random list", ("sponsor", "system"), personal=False),
    Act("randomisation_revealed", "the seed of the random list is revealed", ("sponsor", "system"), personal=False),
    Act("identified", "a person is identified", SITE),
    Act("fact", "something is known about a person", (*SITE, "pharmacist")),
    Act("void", "something recorded is taken back", (*SITE, "pharmacist"), reason=True),
    Act("screened", "a verdict on eligibility is stored", SITE),
    Act("excluded", "a person does not enter, with the reason", SITE),
    Act("eligible", "the investigator signs that a person is eligible", ("investigator",)),
    Act("randomised", "a person is allocated to an arm", SITE),
    Act("randomisation_repeated", "a second try to randomise: the first answer stands", SITE),
    Act("visit", "a visit was made, or was missed", SITE),
    Act("dose_decided", "the investigator signs a decision on a dose", ("investigator",)),
    Act("dose_overridden", "the investigator decides otherwise than the rule", ("investigator",), reason=True),
    Act("serious_event", "the site reports a serious event to the sponsor", SITE),
    Act("serious_event_received", "the sponsor knows of a serious event", ("sponsor",), own_site=False),
    Act("causality_opinion", "the sponsor's own opinion on causality", ("sponsor",), own_site=False),
    Act("serious_event_submitted", "the sponsor reports to the authorities", ("sponsor",), own_site=False),
    Act("follow_up_began", "a person goes into follow-up", SITE),
    Act("withdrawn", "a person withdraws, with the scope", SITE, reason=True),
    Act("lost", "a person is lost to follow-up", SITE, reason=True),
    Act("found_again", "a person who was lost is found again", SITE),
    Act("completed", "a person completes the study", SITE),
    Act("signed", "a signature, with its meaning", ("investigator",)),
    Act("query_opened", "a question about what was recorded", ("monitor", "data_manager", "system"), own_site=False),
    Act("query_answered", "the site answers a question", SITE),
    Act("query_closed", "a question is closed", ("monitor", "data_manager"), own_site=False),
    Act("verified", "checked against the source", ("monitor",), own_site=False),
    Act("redaction", "content with personal data is removed", ("data_manager", "investigator"), reason=True),
    Act("exported", "the trail or data are exported", ROLES, personal=False, own_site=False),
    Act("unblinded", "the arms are seen before the lock", ("statistician", "sponsor"), personal=False, reason=True),
    Act("data_lock", "the data are locked", ("data_manager", "sponsor"), personal=False),
    Act("data_unlock", "the lock is lifted", ("data_manager", "sponsor"), personal=False, reason=True),
)  # fmt: skip
ACTS: Final = {act.kind: act for act in _ACTS}
# What a site recorded by mistake it can take back, as it can a fact: never an allocation, and never a signature.
TAKEN_BACK: Final = (
    "visit", "excluded", "follow_up_began", "withdrawn", "lost", "found_again", "completed",
)  # fmt: skip
# Their bodies are words that somebody typed. All other bodies are the trial's own, and nothing personal can be in them.
WORDED: Final = ("fact", "query_opened", "query_answered", "exported")


@dataclass(frozen=True, slots=True)
class User:
    """Who acts: an identifier, never a name; the role, and the site ("" for those of no site)."""

    id: str
    role: str
    site: str = ""


def a_role(role: str) -> str:
    """A role as people say it: "a data manager", "an investigator"."""
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role.replace('_', ' ')}"


def check_may_act(user: User, kind: str, site: str = "") -> None:
    """Raises Refused unless a user of this role may make such an entry about somebody of the site."""
    act = ACTS[kind]
    if user.role not in act.who:
        allowed = " or ".join(each.replace("_", " ") for each in act.who)
        raise Refused(f"{user.id} is {a_role(user.role)} and may not record that {act.label}: ask the {allowed}.")
    if act.own_site and act.personal and user.site and site and user.site != site:
        raise Refused(f"{user.id} belongs to site {user.site} and this person to site {site}: ask there.")


def check_reason(kind: str, reason: str) -> None:
    """Raises Refused when such an entry needs a reason and there is none (R02)."""
    if ACTS[kind].reason and not reason.strip():
        raise Refused(f"It needs a reason that {ACTS[kind].label}: say why in a few words.")
