"""How somebody enters: screened with evidence, signed as eligible, and allocated to an arm, in this order only."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from ..conduct.randomiser import Randomiser
from ..conduct.strata import NoStratum, stratum_of
from ..dates import day_text, on_day
from ..eligibility.person import screen_person
from ..eligibility.verdict import Judgement, Outcome, Verdict, lifts
from ..fact_data import fact_data
from ..facts import Fact
from ..ledger.canonical import canonical_text
from ..ledger.entry import Entry
from ..participant.moves import NOT_ENTERED, Refused, check_may
from ..participant.record import Allocation, Participant, body_of
from ..participant.state import folded
from .door import evidence, on_the_latest
from .recording import Recording


class Entering(Recording):
    """Eligibility and randomisation."""

    def verdict(self, person: str, on: date | None = None) -> Verdict:
        """The verdict about a person on a day, by the facts of the ledger; nothing is written."""
        return screen_person(self.protocol, person, self.person(person).facts, on or self.today)

    @on_the_latest
    def screen(self, by: str, person: str, on: date | None = None) -> Entry:
        """Stores the verdict about a person on a day, with the protocol's digest and the ledger's position."""
        known, day = self.person_for(by, "screened", person), on or self.today
        check_may("screen", known.standing, person)
        self.check_day(day, "The screening")
        verdict = self.verdict(person, day)
        return self.append(self.draft(by, "screened", person, stored(verdict, self.state.head)))[0]

    @on_the_latest
    def exclude(self, by: str, person: str, why: str, reason: str = "", on: date | None = None) -> Entry:
        """Somebody who was assessed does not enter: not eligible (the criteria are named), declined, or another reason.

        It moves nobody: who is screened again later may enter after all.
        """
        known, day = self.person_for(by, "excluded", person), on or self.today
        check_may("exclude", known.standing, person)
        self.check_day(day, "The exclusion")
        if why not in NOT_ENTERED:
            raise Refused(f'"{why}" is not why somebody does not enter: {", ".join(NOT_ENTERED)}.')
        if why == "other" and not reason.strip():
            raise Refused("Another reason needs its words: say it in a few.")
        verdict = self.verdict(person, day)
        if why == "not_eligible" and verdict.outcome is not Outcome.INELIGIBLE:
            raise Refused(f"{verdict.sentence[:-1]}: no criterion stands against it, so give another reason.")
        criteria = [each.criterion.id for each in _standing_against(verdict)] if why == "not_eligible" else []
        body = {"on": day.isoformat(), "why": why, "criteria": criteria, "protocol": verdict.protocol}
        return self.append(self.draft(by, "excluded", person, body, reason=reason))[0]

    @on_the_latest
    def sign_eligible(self, by: str, person: str) -> Entry:
        """The investigator signs the eligibility sheet: every criterion is settled in favour, on the facts it names.

        Raises Refused when a criterion is open or against, or when what the screening rested on has changed since.
        """
        known = self.person_for(by, "eligible", person)
        check_may("find_eligible", known.standing, person)
        _check_not_excluded(known)
        screened = known.latest("screened")
        assert screened is not None and screened.body is not None  # else the standing were not "screened"
        verdict = self._verdict_as_stored(known, screened)
        if verdict.outcome is not Outcome.ELIGIBLE:
            raise Refused(f"{verdict.sentence[:-1]}: the investigator can sign only when every criterion is settled.")
        covers = [screened.seq, *evidence(fact for each in verdict.judgements for fact in each.evidence)]
        body = {
            "on": verdict.on.isoformat(), "screening": screened.seq, "meaning": "eligibility", "covers": covers,
            "hash": self.hash_of(covers), "sheet": verdict.as_dict(),
        }  # fmt: skip
        return self.append(self.draft(by, "eligible", person, body, target=screened.seq))[0]

    def _verdict_as_stored(self, known: Participant, screened: Entry) -> Verdict:
        """The screening's verdict, made again of the facts as they are now; Refused when it is another by now."""
        body: Mapping[str, Any] = screened.body or {}
        verdict = screen_person(self.protocol, known.person, known.facts, date.fromisoformat(body["on"]))
        if digest_of(verdict) != body["digest"]:
            raise Refused(
                f"What the screening of {known.person} rested on (entry {screened.seq}) has changed: screen again."
            )
        return verdict

    @on_the_latest
    def randomise(self, by: str, person: str) -> Allocation:
        """Allocates a person to an arm, once and for good; a second try gives the first answer, and is written down.

        The allocation is on the randomiser's disk before it is written here, and here before it is shown (R26): after
        a power cut at any line, asking again gives the same one.
        Raises Refused unless consent, a signed eligibility sheet that still holds today, and every stratum are there.
        """
        known = self.person_for(by, "randomised", person)
        if known.allocation is not None:
            self.append(self.draft(by, "randomisation_repeated", person, {"first": known.allocation.entry}))
            return known.allocation
        check_may("randomise", known.standing, person)
        _check_not_excluded(known)
        if self.state.sites.get(known.site) is not None:
            raise Refused(f"Site {known.site} is closed: nobody new enters there.")
        randomiser, sheet = self.committed_randomiser(), self._check_still_eligible(known)
        stratum = stratum_of(self.protocol.allocation, self.case(known, self.today))
        if isinstance(stratum, NoStratum):
            raise Refused(f"{person}: {stratum.sentence}")
        self.draft(by, "randomised", person)  # is anything else in the way? asked before a slot is used
        held = {each.person: each.allocation.arm for each in self.state.randomised if each.allocation is not None}
        given, day = randomiser.allocate(person, stratum.levels, known.site, held), self.today
        body = {**given.detail, "on": day.isoformat(), "eligible": sheet.seq, "position": self.state.head}
        drafts = [self.draft(by, "randomised", person, body)]
        concept = self.protocol.conduct.randomisation
        if concept:
            fact = Fact(person, concept, on_day(day), on_day(day), source="randomisation")
            drafts.append(self.draft(by, "fact", person, body_of(fact_data(fact))))
        self.append(*drafts)
        allocation = self.person(person).allocation
        assert allocation is not None
        return allocation

    def committed_randomiser(self) -> Randomiser:
        """The randomiser, once it is sure that its list is the one that the trial has committed itself to."""
        if self.randomiser is None:
            raise Refused("There is no randomiser here: name its store and its key.")
        if self.state.committed is None:
            raise Refused("The commitment to the random list is not in the ledger yet: commit first.")
        if self.randomiser.commitment() != self.state.committed["commitment"]:
            raise Refused("This randomiser holds another list than the trial committed itself to: name its own store.")
        return self.randomiser

    def _check_still_eligible(self, known: Participant) -> Entry:
        """The signed sheet, once it is sure that it stands and that the person is eligible today."""
        sheet = known.latest("eligible")
        assert sheet is not None  # else the standing were not "eligible"
        changed = self.state.voided_by(self.state.signatures[sheet.seq])
        if changed:
            raise Refused(
                f"The signature on the eligibility of {known.person} fell with entry {changed}, which changed what it "
                "covers: screen again, and sign."
            )
        verdict = self.verdict(known.person)
        if verdict.outcome is not Outcome.ELIGIBLE:
            signed = date.fromisoformat((sheet.body or {})["on"])
            raise Refused(f"{verdict.sentence[:-1]}, although signed as eligible on {day_text(signed)}: screen again.")
        return sheet

    # ---------------------------------------------------------------- proof, years later
    def recomputed(self, person: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The eligibility sheet that was signed, and the same made again from the ledger as it stood then.

        Both are equal to the letter, unless a value that it rests on was redacted since. Raises Refused where this
        door's protocol is another than the one that the sheet was made by.
        """
        sheet = self.person(person).latest("eligible")
        if sheet is None or sheet.body is None:
            raise Refused(f"No eligibility sheet was signed for {person}.")
        digest = sheet.body["sheet"]["protocol"]
        if digest != self.protocol.digest:
            raise Refused(
                f"The sheet of {person} was made under protocol {digest[:12]}: open that version to remake it."
            )
        screened = self.store.entry(sheet.body["screening"])
        assert screened.body is not None
        then = folded(self.store.entries(until=screened.body["position"]), self.state.words)
        on = date.fromisoformat(screened.body["on"])
        again = screen_person(self.protocol, person, then.people[person].facts, on)
        return sheet.body["sheet"], again.as_dict()

    def hash_of(self, covers: list[int]) -> str:
        """What a signature covers, as one hash: over the hashes of the entries, in order (21 CFR 11.70; R17)."""
        whole = "|".join(self.store.entry(seq).hash for seq in sorted(covers))
        return sha256(whole.encode()).hexdigest()


def _check_not_excluded(known: Participant) -> None:
    """Raises Refused for somebody of whom it was said, since the last screening, that they do not enter."""
    said = known.excluded
    if said is not None and said.body is not None:
        raise Refused(
            f"{known.person} does not enter, {NOT_ENTERED[said.body['why']]} (entry {said.seq}): screen again."
        )


def _standing_against(verdict: Verdict) -> list[Judgement]:
    """What stands against entering for good; where all of it will lift by itself, all of it."""
    against = [each for each in verdict.judgements if each.against]
    return [each for each in against if not lifts(each, verdict.case)] or against


def digest_of(verdict: Verdict) -> str:
    """SHA-256 over the whole verdict as canonical text."""
    return sha256(canonical_text(verdict.as_dict()).encode()).hexdigest()


def stored(verdict: Verdict, position: int) -> dict[str, Any]:
    """A verdict as the ledger keeps it: its outcome and truths, and by what it can be made again to the letter."""
    return {
        "on": verdict.on.isoformat(), "verdict": verdict.outcome.value, "protocol": verdict.protocol,
        "position": position, "digest": digest_of(verdict),
        "criteria": {each.criterion.id: each.truth.value for each in verdict.judgements},
        "deciding": [each.criterion.id for each in verdict.deciding] if verdict.outcome is not Outcome.ELIGIBLE else [],
    }  # fmt: skip
