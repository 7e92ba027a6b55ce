"""A trial at which anything is tried: each verb through one of two doors on one ledger, and what must hold after it."""

import re
from collections import Counter
from collections.abc import Iterable
from copy import copy
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any, Final

from tests.running import CONSENT, SEED, SITE, Running, eligible_facts, fact, nelmas, opened

from equipoise.conduct.dosing import objections
from equipoise.conduct.randomise import stratum_list
from equipoise.conduct.randomiser import Randomiser
from equipoise.facts import Fact
from equipoise.faults import Fault
from equipoise.ledger.entry import Entry
from equipoise.ledger.store import Store
from equipoise.ledger.verify import verify
from equipoise.participant.acts import ACTS
from equipoise.participant.moves import Standing
from equipoise.participant.record import Participant, day_of, fact_of, words_of
from equipoise.participant.state import State, folded
from equipoise.trial import Trial

S = Standing
USERS: Final = (
    "sponsor", "investigator", "site", "pharmacist", "data", "monitor", "statistician", "investigator-2", "site-2",
    "nobody",
)  # fmt: skip
VERBS: Final = frozenset(name for name in dir(Trial) if hasattr(getattr(Trial, name), "__wrapped__"))

# Where each verb may bring a person from and to, written out once more by hand; a verb that is not here moves nobody.
BEFORE: Final = (S.IDENTIFIED, S.CONSENTED, S.SCREENED, S.ELIGIBLE)
INSIDE: Final = (S.RANDOMISED, S.ON_TREATMENT, S.IN_FOLLOW_UP)
STEPS: Final[dict[str, set[tuple[Standing, Standing]]]] = {
    "record": {
        (S.IDENTIFIED, S.CONSENTED), *((each, each) for each in S), *((each, S.DEAD) for each in S),
    },
    "screen": {(S.CONSENTED, S.SCREENED), (S.SCREENED, S.SCREENED), (S.ELIGIBLE, S.SCREENED)},
    "sign_eligible": {(S.SCREENED, S.ELIGIBLE)},
    "randomise": {(S.ELIGIBLE, S.RANDOMISED), *((each, each) for each in S if each not in BEFORE)},
    "give_dose": {(S.RANDOMISED, S.ON_TREATMENT), (S.ON_TREATMENT, S.ON_TREATMENT)},
    "follow": {(S.RANDOMISED, S.IN_FOLLOW_UP), (S.ON_TREATMENT, S.IN_FOLLOW_UP)},
    "withdraw": {
        *((each, S.WITHDRAWN) for each in (*BEFORE, *INSIDE, S.LOST)),
        (S.RANDOMISED, S.IN_FOLLOW_UP), (S.ON_TREATMENT, S.IN_FOLLOW_UP),
    },
    "lose": {(each, S.LOST) for each in INSIDE},
    "find_again": {(S.LOST, S.IN_FOLLOW_UP)},
    "complete": {(S.IN_FOLLOW_UP, S.COMPLETED)},
}  # fmt: skip
# These take something back, and by that may bring a person back; who is in the trial never falls out of it.
BACK: Final = ("void", "redact", "correct")

# What only a verb of its own may record.
OWN_VERB: Final = {"full_dose": "give_dose", "reduced_dose": "give_dose", "randomisation": "randomise"}

TELLS_THE_ARM: Final = frozenset({"trial_opened", "randomisation_committed", "randomised"})
ARM: Final = re.compile(r"\bArm [12]\b")
AFTER_LOCK: Final = frozenset(
    {"data_unlock", "randomisation_revealed", "exported", "access_granted", "access_ended", "data_lock"}
)
NO_SENTENCE: Final = re.compile(r"Traceback|Error\b|\bNone\b|  |\{|\}|\n| \.(?! _)|\(\)|^$")

done: Counter[str] = Counter()
refused: Counter[str] = Counter()
counts: Counter[str] = Counter()


class World:
    """The trial, two doors to it, and what was seen so far."""

    def __init__(self, stores: tuple[Store, Store], randomiser: Randomiser | None = None, thorough: int = 1) -> None:
        """thorough: the whole is rebuilt after each so many steps that wrote."""
        self.thorough = thorough
        self.running: Running = opened(store=stores[0], randomiser=randomiser)
        self.clock, self.stores = self.running.clock, stores
        self.randomiser = self.running.trial.randomiser
        door = self.running.trial
        assert door.state.committed is not None
        done["commit_randomisation"] += 1
        door.open_site("sponsor", "S2")
        door.grant("sponsor", "investigator-2", "investigator", "S2")
        door.grant("sponsor", "site-2", "coordinator", "S2")
        self.clock.reach(date(2026, 6, 1))
        self.doors = [door, Trial(nelmas(), stores[1], self.clock, self.randomiser)]
        self.seen: list[tuple[int, State]] = []
        self.ended: dict[str, int] = {}
        self.left_all: dict[str, date] = {}
        self.died: dict[str, date] = {}
        self.arms: dict[str, str] = {}
        self.steps = self.looked_at = self.looks = self.checked = 0

    @property
    def trial(self) -> Trial:
        return self.doors[0]

    @property
    def state(self) -> State:
        return self.doors[0].catch_up()

    # ------------------------------------------------------------ one try
    def attempt(
        self, verb: str, by: str, *args: Any, door: int = 0, on_door: Trial | None = None, **kwargs: Any
    ) -> Any:
        """Tries a verb: done, or refused in plain words with nothing written. Gives its answer, or None."""
        trial = on_door or self.doors[door]
        before, was = self.stores[0].head(), dict(self.state.people)
        person = args[0] if args and isinstance(args[0], str) and args[0] in was else ""
        expected = self._expected(verb, person, args, kwargs)
        counts["steps"] += 1
        self.steps += 1
        try:
            answer = getattr(trial, verb)(by, *args, **kwargs)
        except Fault as fault:
            refused[verb] += 1
            self._check_refusal(str(fault), by)
            assert self.stores[0].head() == before, f"{verb} was refused and wrote"
            return None
        done[verb] += 1
        self._check_moves(verb, person, was)
        if verb == "redact" and args[2] == "reason":
            held = {name: (known.facts, known.moves) for name, known in was.items()}
            assert held == {name: (known.facts, known.moves) for name, known in self.state.people.items()}
        self._check_entries(verb, before.seq)
        if verb == "give_dose":
            assert expected, f"a dose was given that nothing allowed: {args}, {kwargs}"
        return answer

    def _expected(self, verb: str, person: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """May this dose be given, by the rules as they stand, or by an override for that very day?"""
        if verb != "give_dose" or not person:
            return False
        known, day = self.state.people[person], kwargs.get("on") or self.clock().date()
        if known.allocation is None or known.allocation.arm != "Arm 2" or day < known.allocation.on:
            return False
        try:
            decision = self.trial.dose(person, day)
            against = objections(decision, args[1])
        except Fault:
            return False
        cycle = decision.cycle.number
        signed = [each for each in known.of("dose_decided") if each.body and each.body["cycle"] == cycle]
        overridden = any(
            each.body and (each.body["cycle"], each.body["level"], each.body["on"]) == (cycle, args[1], day.isoformat())
            for each in known.of("dose_overridden")
        )
        return bool(signed) and (not against or overridden)

    def _check_refusal(self, text: str, by: str) -> None:
        assert text.endswith((".", "?")) and not NO_SENTENCE.search(text), text
        assert not (by == "statistician" and ARM.search(text)), text

    def _check_moves(self, verb: str, person: str, was: dict[str, Participant]) -> None:
        for name, known in self.state.people.items():
            earlier = was.get(name)
            if earlier is None:
                assert verb == "identify" and known.standing is S.IDENTIFIED
                continue
            step = (earlier.standing, known.standing)
            if step[0] is step[1] and (name != person or verb not in STEPS):
                continue
            assert name == person or verb == "redact", f"{verb} about {person} moved {name}: {step}"
            if verb in BACK:
                assert not (step[1] in BEFORE and earlier.allocation is not None), step
            else:
                assert step in STEPS[verb], f"{verb}: {step}"

    # ------------------------------------------------------------ what was written
    def _check_entries(self, verb: str, since: int) -> None:
        for entry in self.stores[0].entries(since=since):
            counts["entries"] += 1
            self._check_who(entry)
            if verb not in BACK:
                self._check_when(entry)
            if entry.body is not None and entry.kind not in TELLS_THE_ARM:
                assert not ARM.search(repr(entry.body)), f"{entry.kind} tells an arm"
            if entry.kind == "withdrawn" and entry.body and entry.body["scope"] == "all":
                self.left_all[entry.subject] = date.fromisoformat(entry.body["on"])
            if entry.kind == "access_ended" and entry.body:
                self.ended[entry.body["user"]] = entry.seq
            if entry.kind == "redaction":
                self.seen = [(at, state) for at, state in self.seen if at < entry.target]
            if entry.kind == "void" and self.stores[0].entry(entry.target).kind == "withdrawn":
                self.left_all.pop(entry.subject, None)
            own = OWN_VERB.get(entry.concept) if entry.kind == "fact" else None
            assert own is None or verb == own or (verb, own) == ("correct", "give_dose"), entry

    def _check_who(self, entry: Entry) -> None:
        act, state = ACTS[entry.kind], self.state
        assert entry.role in act.who, entry
        assert not act.reason or (entry.reason or "").strip(), entry
        assert entry.actor not in self.ended, f"{entry.actor} acted after the access had ended"
        if act.own_site and act.personal and entry.actor in state.access and state.access[entry.actor].site:
            assert state.access[entry.actor].site == state.people[entry.subject].site, entry
        if state.lock and entry.seq > state.lock:
            assert entry.kind in AFTER_LOCK, f"{entry.kind} was written behind the lock"

    def _check_when(self, entry: Entry) -> None:
        """Nothing is dated ahead, nothing after a withdrawal from everything, nothing after a death."""
        stated = fact_of(entry) if entry.kind == "fact" else None
        if stated is None:
            return
        known = self.state.people[entry.subject]
        assert stated.when.first <= self.trial.latest_day
        day = day_of(stated)
        assert entry.subject not in self.left_all or day <= self.left_all[entry.subject], entry
        died = known.moved("die")
        assert died is None or stated.concept == "death" or day <= died or entry.seq < _entry_of(known, "die")

    # ------------------------------------------------------------ what holds always
    def check(self) -> None:
        """All that must hold after any step; what was refused wrote nothing, so nothing is looked at again."""
        if self.stores[0].head().seq == self.looked_at:
            return
        live = self.state
        self.looked_at, self.looks = live.head, self.looks + 1
        assert self.doors[1].catch_up() == live, "the other door sees another trial"
        self._check_people(live)
        if self.looks % self.thorough == 0:
            entries = list(self.stores[0].entries())
            assert folded(entries, words_of(nelmas())) == live, "the projections differ from their rebuild"
            self._check_allocations(live, entries)
        if self.looks % 5 == 0:
            self._check_past()
        if self.looks % 12 == 0:
            self.verify()
            self.seen.append((live.head, frozen(live)))

    def verify(self) -> None:
        found = verify(self.stores[0])
        assert found.ok, found.why

    def _check_allocations(self, live: State, entries: Iterable[Entry]) -> None:
        bodies = [entry.body or {} for entry in entries if entry.kind == "randomised"]
        assert len({body["person"] for body in bodies}) == len(bodies), "somebody was randomised twice"
        assert sorted(body["number"] for body in bodies) == list(range(1, len(bodies) + 1))
        assert self.randomiser is not None
        used = {given.person: (given.arm, given.number) for given in self.randomiser.used()}
        assert used == {body["person"]: (body["arm"], body["number"]) for body in bodies}
        scheme = nelmas().allocation.scheme
        for stratum in {body["stratum"] for body in bodies}:
            arms = [body["arm"] for body in bodies if body["stratum"] == stratum]
            assert arms == list(islice(stratum_list(scheme, SEED, stratum), len(arms))), f"{stratum}: not the list"
        for body in bodies:
            assert self.arms.setdefault(body["person"], body["arm"]) == body["arm"]
            assert live.people[body["person"]].allocation is not None

    def _check_people(self, live: State) -> None:
        for known in live.people.values():
            if known.allocation is not None:
                assert known.standing not in BEFORE
                assert [each for each in known.facts if each.concept == "randomisation"]
            doses = [move for move in known.moves if move.act == "treat"]
            assert len(doses) <= len(nelmas().treatment.cycles)
            assert all(known.allocation is not None and known.allocation.on <= move.on for move in doses)
            cycles = [str(each.value["cycle"]) for each in known.facts if each.concept.endswith("_dose")]  # pyright: ignore
            assert len(set(cycles)) == len(cycles), "a dose was given twice"

    def _check_past(self) -> None:
        """Of what was seen earlier, one is seen again: another each time."""
        if self.seen:
            self.checked += 1
            position, state = self.seen[self.checked % len(self.seen)]
            assert self.trial.state_at(position) == state, f"entry {position} is not as it was seen then"

    # ------------------------------------------------------------ help for the rules
    def consents(self, person: str, day: date) -> list[Fact]:
        known = self.state.people.get(person)
        version = self.state.consent_in_force(known.site if known is not None else SITE, day)
        return [fact(day, consent={"version": version.version if version is not None else CONSENT})]

    def facts_of(self, day: date, grade: str, margin: str) -> list[Fact]:
        """Those of an eligible person of a stratum, but the consent."""
        known = [each for each in eligible_facts(day) if each.concept != "consent"]
        return [_in_stratum(each, grade, margin) for each in known]


def _in_stratum(known: Fact, grade: str, margin: str) -> Fact:
    wanted = {"pathology": {"grade": grade}, "liver_resection": {"residual": margin}}.get(known.concept)
    if wanted is None:
        return known
    again = fact(known.when.first, **{known.concept: wanted}).value
    return replace(known, value={**known.value, **again})  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue]


def _entry_of(known: Participant, act: str) -> int:
    return next((move.entry for move in reversed(known.moves) if move.act == act), 0)


def frozen(state: State) -> State:
    """A copy that what comes later does not change: people and all they hold are frozen themselves."""
    held = copy(state)
    for name in ("people", "sites", "access", "consent_versions", "signatures", "queries"):
        setattr(held, name, copy(getattr(state, name)))
    return held
