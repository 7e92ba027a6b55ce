"""What each entry of a ledger says, as one clause for people: "P-001 is identified at Essen"."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from ..dates import day_text
from ..ledger.entry import Entry
from ..participant.acts import ACTS
from ..participant.moves import NOT_ENTERED
from ..participant.record import fact_of
from ..protocol.model import Protocol
from ..rules.prose import fact_text
from .words import counted, ended, short

HASH_SHOWN: Final = 8  # letters: enough to compare two lists of entries by eye

# The entry's header and body by their names; what is worked out of them stands in `_worked_out`.
CLAUSES: Final[Mapping[str, str]] = {
    "trial_opened": "{acronym} is opened under protocol {protocol_}{made_up}",
    "protocol_adopted": "protocol {protocol_} is adopted",
    "site_opened": "site {site} is open from {on_}",
    "site_closed": "site {site} is closed from {on_}",
    "access_granted": "{user} is given access as {role_}{at_}",
    "access_ended": "the access of {user} ends",
    "consent_version": "version {version} of the consent form is in force from {on_}{at_}",
    "randomisation_committed": "the random list is committed to: {commitment}",
    "randomisation_revealed": "the seed of the random list is revealed: {seed}",
    "identified": "{subject} is identified at {place}",
    "void": "entry {target} about {subject} is taken back",
    "screened": "{subject} is screened on {on_}: {verdict}",
    "excluded": "{subject} does not enter: {why_}",
    "eligible": "{actor} signs that {subject} is eligible, by the facts of {on_}",
    "randomised": "{subject} is randomised to {arm_}, number {number}, as {levels_}",
    "randomisation_repeated": "{subject} was randomised before, and entry {first} stands",
    "visit": "{subject}: {slot_} is {done_} on {on_}",
    "dose_decided": "{actor} signs: {sentence}",
    "dose_overridden": "{actor} decides on dose {cycle} of {subject} otherwise than the rules: {level}",
    "serious_event": "{subject}: the adverse event of entry {target} is reported as serious",
    "serious_event_received": "the sponsor knows of the serious event of entry {target}",
    "causality_opinion": "the sponsor's opinion on the serious event of entry {target}: {related_}",
    "serious_event_submitted": "the serious event of entry {target} is reported to the {to}",
    "follow_up_began": "{subject} goes into follow-up on {on_}",
    "withdrawn": "{subject} withdraws on {on_} ({scope})",
    "lost": "{subject} is lost to follow-up, last seen on {on_}",
    "found_again": "{subject} is found again on {on_}",
    "completed": "{subject} completes the study on {on_}",
    "signed": "{actor} signs for {subject}, {meaning}: {covers_}",
    "query_opened": "a question about entry {target} of {subject}: {text}",
    "query_answered": "the question of entry {target} is answered: {text}",
    "query_closed": "the question of entry {target} is closed",
    "verified": "entry {target} about {subject} agrees with its source",
    "redaction": "the {part} of entry {target} is removed",
    "exported": "{actor} takes out: {what}",
    "unblinded": "{actor} sees the arms before the lock: {what}",
    "data_lock": "the data are locked",
    "data_unlock": "the lock of the data is lifted",
}


def entry_line(entry: Entry, trial: Protocol) -> str:
    """The entry's number, the beginning of its hash, and what it says: "Entry 9, 3f2a9c81: P-001 is ..."."""
    return f"Entry {entry.seq}, {entry.hash[:HASH_SHOWN]}: {ended(entry_words(entry, trial))}"


def entry_words(entry: Entry, trial: Protocol) -> str:
    """What the entry says; of content that was removed only of what kind it was."""
    if entry.body is None:
        return f"{ACTS[entry.kind].label} (content removed)"
    if entry.kind == "fact":
        fact = fact_of(entry)
        stead = f", in the place of entry {entry.target}" if entry.target else ""
        return f"{entry.subject}: {fact_text(fact, trial.vocabulary) if fact else ''}{stead}"
    header = {"subject": entry.subject, "actor": entry.actor, "target": entry.target, "place": entry.site}
    clause = CLAUSES.get(entry.kind, ACTS[entry.kind].label)
    return clause.format_map({**entry.body, **header, **_worked_out(entry.body, trial)})


def _worked_out(body: Mapping[str, Any], trial: Protocol) -> dict[str, str]:
    """The parts of a body that people read otherwise than the ledger keeps them."""
    on, site, slot = body.get("on", ""), body.get("site", ""), body.get("slot", "")
    return {
        "on_": day_text(date.fromisoformat(on)) if on else "",
        "at_": f" at {site}" if site else "",
        "protocol_": short(str(body.get("protocol", ""))),
        "made_up": ", for a rehearsal: all in it is made up" if body.get("synthetic") else "",
        "role_": str(body.get("role", "")).replace("_", " "),
        "arm_": arm_words(str(body.get("arm", "")), trial),
        "levels_": level_words(body.get("levels", {}), trial),
        "why_": NOT_ENTERED.get(str(body.get("why", "")), "") + _in_brackets(body.get("criteria", ())),
        "slot_": slot_words(slot, trial),
        "done_": "done" if body.get("done") else "missed",
        "related_": "related" if body.get("related") else "not related",
        "covers_": counted(len(body.get("covers", ())), "entry", "entries"),
    }


def _in_brackets(words: Sequence[str]) -> str:
    return f" ({', '.join(words)})" if words else ""


def arm_words(arm: str, trial: Protocol) -> str:
    """An arm by its id and its name: "Arm 2 (Treatment)"."""
    return next((f"{each.id} ({each.name})" for each in trial.arms if each.id == arm), arm)


def level_words(levels: Mapping[str, str], trial: Protocol) -> str:
    """A stratum by the labels of its levels: "grade 2, R0 (no residual tumour)"."""
    known = {(factor.id, level.id): level.label for factor in trial.allocation.factors for level in factor.levels}
    return ", ".join(known.get((factor, level), level) for factor, level in levels.items()) or "one of all"


def slot_words(slot: str, trial: Protocol) -> str:
    """A visit by its label: "follow-up, 6 months"."""
    found = trial.schedule.visit_of(slot)
    return found[0].slot_label(found[1]) if found is not None else slot or "an unscheduled visit"
