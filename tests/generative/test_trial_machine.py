"""Thousands of legal and illegal steps at the door of a trial, on every store: order, windows, one allocation a person,
projections equal to their rebuild, refusals in plain words that write nothing (R01, R10, R12, R15, R19-R24, R26-R28,
R34, R35)."""

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.generative.trial_world import BEFORE, USERS, VERBS, S, World, counts, done, refused
from tests.running import SEED, before_dose, fact, nelmas, salts

from equipoise.conduct.randomiser import Randomiser
from equipoise.dates import Span
from equipoise.facts import Fact, chosen, is_record
from equipoise.ledger.memory import MemoryStore
from equipoise.ledger.sqlite import Durability, SqliteStore
from equipoise.ledger.store import Store
from equipoise.participant.acts import TAKEN_BACK
from equipoise.participant.record import Participant, number_of
from equipoise.quantities import exactly
from equipoise.trial import Trial

THOROUGH: Final = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
LONGER: Final = 20  # how many times as much is played when it is to be thorough

# At most one thing of a step is wrong, mostly none: so the legal ones go deep, and each refusal is met by itself.
ODDITIES: Final = (*[""] * 12, "user", "person", "day", "reason", "thing", "thing", "thing")
oddities = st.sampled_from(ODDITIES)
seeds = st.integers(0, 2**32)

VALUES: Final[tuple[dict[str, Any], ...]] = (
    {"haemoglobin": "9.1 g/dL"}, {"haemoglobin": "7.1 g/dL"}, {"haemoglobin": "91 g/dL"}, {"ecog": 1}, {"ecog": "1.5"},
    {"platelets": "60 10*9/L"}, {"platelets": "241 10*9/L"}, {"neutrophils": "0.9 10*9/L"}, {"sex": "male"},
    {"first_study_procedure": "day"}, {"ssa_hypersensitivity": "yes"}, {"anticancer_treatment": "none"},
    {"death": "none"}, {"recurrence": {"liver": "yes", "confirmed": "yes"}}, {"recurrence": "none"},
    {"disease_assessment": {"modality": "mri", "result": "no_disease"}}, {"weight": "64 kg"},
)  # fmt: skip
WRONG_VALUES: Final[tuple[dict[str, Any], ...]] = (
    {"full_dose": {"cycle": "1 1", "activity": "7.4 GBq"}}, {"randomisation": "day"}, {"consent": {"version": "1.0"}},
    {"consent": {"version": "2.0", "withdrawn": "yes"}}, {"consent": "none"}, {"death": "day"},
)  # fmt: skip
EVENTS: Final[tuple[dict[str, Any], ...]] = (
    {"term": "anaemia", "grade": "3 {score}", "related": "no", "serious": "yes", "outcome": "ongoing"},
    {"term": "infection", "grade": "5 {score}", "serious": "yes", "outcome": "fatal"},
    {"term": "nausea", "grade": "2 {score}", "related": "yes", "serious": "no", "outcome": "resolved"},
    {"term": "hypersensitivity", "grade": "3 {score}", "related": "yes", "serious": "yes"},
)  # fmt: skip
SLOTS: Final = ("screening", "follow_up.1", "labs_dose_1.1", "", "baseline_imaging", "dose_1", "tea")
TREATABLE: Final = (S.RANDOMISED, S.ON_TREATMENT)


def serious_events_of(known: Participant) -> set[int]:
    events = [each for each in known.facts if each.concept == "adverse_event" and is_record(each.value)]
    return {number_of(each) for each in events if is_record(each.value) and each.value.get("serious") == chosen("yes")}


# Whom a verb is for; a verb that is not here is for anybody.
FOR: Final[dict[str, Callable[[Participant], bool]]] = {
    "screen": lambda known: known.standing in (S.CONSENTED, S.SCREENED, S.ELIGIBLE),
    "exclude": lambda known: known.standing in BEFORE,
    "sign_eligible": lambda known: known.standing is S.SCREENED,
    "randomise": lambda known: known.standing is S.ELIGIBLE,
    "dose": lambda known: known.standing in TREATABLE and known.allocation is not None
    and known.allocation.arm == "Arm 2",
    "follow": lambda known: known.standing in TREATABLE,
    "lose": lambda known: known.in_trial,
    "find_again": lambda known: known.standing is S.LOST,
    "complete": lambda known: known.standing is S.IN_FOLLOW_UP,
    "withdraw": lambda known: not known.ended,
    "event": lambda known: bool(serious_events_of(known) - {each.target for each in known.of("serious_event")}),
    "serious": lambda known: any(known.of("serious_event")),
}  # fmt: skip


class TrialMachine(RuleBasedStateMachine):
    """Every verb, by the right people and the wrong ones, in and out of order, while time goes on."""

    folder: ClassVar[Path | None] = None
    durability: ClassVar[Durability] = "off"
    made: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self._stores(), self._randomiser(), thorough=1 if self.folder is None else 3)

    def _stores(self) -> tuple[Store, Store]:
        """Two ways to one ledger: in a file each has a connection of its own."""
        if self.folder is None:
            store = MemoryStore(salts())
            return store, store
        TrialMachine.made += 1
        path, salt = self.folder / f"{TrialMachine.made}.ledger", salts()
        self.files = [SqliteStore(path, salt, self.durability) for _ in range(2)]
        return self.files[0], self.files[1]

    def _randomiser(self) -> Randomiser | None:
        if self.folder is None or self.durability == "off":
            return None
        return Randomiser.create(self.folder / f"{TrialMachine.made}.rand", SEED, nelmas().allocation, SEED)

    def teardown(self) -> None:
        self.world.verify()
        for store in getattr(self, "files", ()):
            store.close()

    # ------------------------------------------------------------ what a step is made of
    def step(self, odd: str, seed: int) -> None:
        """What is wrong in this step, and a number by which all that it needs is drawn."""
        self.odd, self.chance = odd, Random(seed)

    def pick(self, among: Sequence[Any]) -> Any:
        return self.chance.choice(among)

    def seldom(self, one_in: int) -> bool:
        return self.chance.randrange(one_in) == 0

    def name(self, verb: str = "") -> str:
        """Somebody whom the verb is for; if the person is to be wrong, anybody or nobody."""
        everybody = self.world.state.people
        if self.odd == "person":
            return self.pick(["P0", *everybody])
        suited = [name for name, known in everybody.items() if FOR.get(verb, lambda _: True)(known)]
        return self.pick((suited or [*everybody])[-6:])

    def by(self, right: str, person: str = "") -> str:
        """Whoever the verb is for, at the person's own site; or anybody."""
        if self.odd == "user":
            return self.pick(USERS)
        known = self.world.state.people.get(person)
        return f"{right}-2" if known is not None and known.site == "S2" and right in ("site", "investigator") else right

    @property
    def today(self) -> date:
        return self.world.clock().date()

    @property
    def day(self) -> date:
        return self.today + timedelta(days=self.pick([-1, -7, -40, 1, 2, 60]) if self.odd == "day" else 0)

    @property
    def at(self) -> datetime:
        return self.world.clock() + timedelta(hours=self.pick([5, -30]) if self.odd == "day" else 0)

    @property
    def why(self) -> str:
        return self.pick(["", "  "]) if self.odd == "reason" else "a reason"

    def thing(self, right: Sequence[Any], wrong: Sequence[Any]) -> Any:
        return self.pick(wrong if self.odd == "thing" else right)

    def entry(self, person: str, *kinds: str) -> int:
        """One of a person's entries (of these kinds), the newest rather; or any number of an entry."""
        known = self.world.state.people.get(person)
        found = sorted(
            [*(number_of(each) for each in known.facts if not kinds or "fact" in kinds)]
            + [each.seq for each in known.acts if not kinds or each.kind in kinds]
        ) if known is not None else []  # fmt: skip
        if self.odd == "thing" or not found:
            return self.pick(range(self.world.state.head + 3))
        return self.pick(found[::-1])

    def tried(self, verb: str, *args: Any, on_door: Trial | None = None, **kwargs: Any) -> Any:
        """Tries a verb, now by the one door and now by the other."""
        return self.world.attempt(verb, *args, door=self.world.steps % 2, on_door=on_door, **kwargs)

    # ------------------------------------------------------------ time, and people who come
    @initialize()
    def somebody_is_there(self) -> None:
        """One of each arm: the first two of this stratum."""
        for _ in range(2):
            self.step("", 0)
            self._bring(6, "G1", "R1")

    @rule(odd=oddities, seed=seeds)
    def wait(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        self.world.clock.wait(timedelta(days=self.pick([0, 1, 7, 30, 56]), hours=self.pick([0, 1, 20])))

    @rule(odd=oddities, seed=seeds)
    def bring(self, odd: str, seed: int) -> None:
        """Somebody new goes through the door as far as it goes."""
        self.step(odd, seed)
        self._bring(self.pick([1, 2, 4, 5, 6, 6]), self.pick(["G1", "G2"]), self.pick(["R0", "R1"]))

    def _bring(self, steps: int, grade: str, margin: str) -> None:
        world, person, site = self.world, f"N{len(self.world.state.people) + 1}", self.thing(["site"], ["site-2"])
        day, doctor = self.today, site.replace("site", "investigator")
        way: list[Callable[[], Any]] = [
            lambda: self.tried("identify", site, person),
            lambda: self.tried("record", site, person, *world.consents(person, day - timedelta(days=7))),
            lambda: self.tried("record", site, person, *world.facts_of(day, grade, margin)),
            lambda: self.tried("screen", site, person),
            lambda: self.tried("sign_eligible", doctor, person),
            lambda: self.tried("randomise", site, person),
        ]
        for step in way[:steps]:
            if step() is None:
                return

    # ------------------------------------------------------------ the sponsor
    @rule(odd=oddities, seed=seeds)
    def grant(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        by = self.by("sponsor")
        new = f"user-{len(self.world.state.access)}"
        user = self.thing([new], [*USERS, "edit-check", "A Name", "", new])
        role = self.thing(["monitor", "coordinator", "sponsor"], ["friend", "coordinator"])
        self.tried("grant", by, user, role, self.thing(["S1"], ["", "S9"]))

    @rule(odd=oddities, seed=seeds)
    def end_access(self, odd: str, seed: int) -> None:
        """Of the users that were granted later; the others are still needed."""
        self.step(odd, seed)
        by, added = self.by("sponsor"), [each for each in self.world.state.access if each.startswith("user-")]
        user = self.thing(added or ["user-0"], ["sponsor", "nobody", *added])
        self.tried("end_access", by, user, self.why)

    @rule(odd=oddities, seed=seeds)
    def open_site(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        site = self.thing(["S2", f"S{len(self.world.state.sites) + 1}"], ["S1", " "])
        self.tried("open_site", self.by("sponsor"), site, self.day)

    @rule(odd=oddities, seed=seeds)
    def close_site(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        self.tried("close_site", self.by("sponsor"), self.thing(["S2", "S3"], ["S9"]), self.why)

    @rule(odd=oddities, seed=seeds)
    def new_consent(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        by, site = self.by("sponsor"), self.thing(["", "S1"], ["S9", ""])
        version = self.thing([f"{len(self.world.state.consent_versions) + 2}.0"], ["", "2.0"])
        self.tried("bring_consent_into_force", by, version, self.day, site, self.pick([True, False]))

    @rule(odd=oddities, seed=seeds)
    def adopt(self, odd: str, seed: int) -> None:
        """Another version of the protocol; until it is adopted its door is shut, and afterwards that of the first."""
        self.step(odd, seed)
        world, by = self.world, self.by("sponsor")
        digest = self.pick([nelmas().digest, "1" * 64, "2" * 64])
        other = replace(nelmas(), digest=digest, id=self.thing(["nelmas"], ["another"]))
        doors = [Trial(other, store, world.clock, world.randomiser) for store in world.stores]
        if digest != world.state.protocol:
            assert world.attempt("export", "data", "a list", on_door=doors[0]) is None
        if self.tried("adopt", by, self.why, on_door=doors[0]):
            world.doors = doors

    # ------------------------------------------------------------ people and what is known of them
    @rule(odd=oddities, seed=seeds)
    def identify(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        by = self.by("site")
        name = self.thing([f"P{len(self.world.state.people) + 1}"], ["A Name", "", *self.world.state.people])
        self.tried("identify", by, name, self.day, self.thing([""], ["S2", "S9"]))

    @rule(odd=oddities, seed=seeds)
    def consent(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("withdraw")
        self.tried("record", self.by("site", name), name, *self.world.consents(name, self.day))

    @rule(odd=oddities, seed=seeds)
    def record(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name, day = self.name(), self.day
        facts = [self._fact(self.thing(VALUES, WRONG_VALUES), day) for _ in range(self.pick([1, 1, 3]))]
        told = {"visit": self.thing(["", "screening"], ["", "tea"]), "reason": self.why}
        self.tried("record", self.by("site", name), name, *facts, **told)

    def _fact(self, value: dict[str, Any], day: date) -> Fact:
        return fact(day, **{name: day if stated == "day" else stated for name, stated in value.items()})

    @rule(odd=oddities, seed=seeds)
    def death(self, odd: str, seed: int) -> None:
        """With what was seen on the same day, and on the next."""
        self.step(odd, seed)
        name, day = self.name(), self.day
        later = self._fact(self.pick(VALUES), day + timedelta(days=self.pick([0, 1])))
        facts = self.pick([[fact(day, death=day)], [fact(day, death=day), later], [later, fact(day, death=day)]])
        self.tried("record", self.by("site", name), name, *facts)

    @rule(odd=oddities, seed=seeds)
    def correct(self, odd: str, seed: int) -> None:
        """Another value, or another day, of the very concept that is corrected; or of another."""
        self.step(odd, seed)
        name = self.name()
        entry, by, day = self.entry(name, "fact"), self.by("site", name), self.day
        known = self.world.state.people.get(name)
        old = known.fact(entry) if known is not None else None
        new = self._fact(self.thing(VALUES, WRONG_VALUES), day)
        if old is not None and self.odd != "thing":
            span = new.when if not isinstance(old.value, Span) or self.pick([True, False]) else old.when
            same = isinstance(old.value, type(new.value)) and old.concept == new.concept
            value = span if isinstance(old.value, Span) else new.value if same else old.value
            new = replace(old, when=span, value=value)
        self.tried("correct", by, name, entry, new, self.why)

    @rule(odd=oddities, seed=seeds)
    def void(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name()
        kinds = self.pick([("fact",), TAKEN_BACK])
        entry, by = self.entry(name, *kinds), self.by("site", name)
        self.tried("void", by, name, entry, self.why)

    @rule(odd=oddities, seed=seeds)
    def redact(self, odd: str, seed: int) -> None:
        """Of facts, also of those that were corrected since, of questions, and of reasons."""
        self.step(odd, seed)
        name = self.name()
        known = self.world.state.people.get(name)
        acts, changed = (known.acts, known.changed) if known is not None else ((), ())
        words = {
            "fact": [self.entry(name, "fact")], "corrected": [target for _, target in changed],
            "question": [act.seq for act in acts if act.kind in ("query_opened", "query_answered")],
            "reason": [act.seq for act in acts if act.reason],
        }  # fmt: skip
        what = self.pick([each for each in words if words[each]])
        part = self.thing(["reason" if what == "reason" else "body"], ["body", "reason"])
        self.tried("redact", self.by("data"), self.thing(words[what], [self.entry(name)]), self.why, part)

    @rule(odd=oddities, seed=seeds)
    def visit(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name()
        by, slot = self.by("site", name), self.pick(SLOTS)
        self.tried("visit", by, name, slot, self.day, self.pick([True, False]), self.why)

    # ------------------------------------------------------------ entering
    @rule(odd=oddities, seed=seeds)
    def screen(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("screen")
        self.tried("screen", self.by("site", name), name, self.day)

    @rule(odd=oddities, seed=seeds)
    def exclude(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("exclude")
        by, word = self.by("site", name), self.thing(["declined", "other"], ["not_eligible", "?"])
        self.tried("exclude", by, name, word, self.why, self.day)

    @rule(odd=oddities, seed=seeds)
    def sign_eligible(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("sign_eligible")
        self.tried("sign_eligible", self.by("investigator", name), name)

    @rule(odd=oddities, seed=seeds)
    def randomise(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("randomise")
        by = self.by("site", name)
        first = self.world.arms.get(name)
        given = self.tried("randomise", by, name)
        assert given is None or first in (None, given.arm)

    @rule(odd=oddities, seed=seeds)
    def commit_randomisation(self, odd: str, seed: int) -> None:
        """It was committed in the beginning, and is never again."""
        self.step(odd, seed)
        self.tried("commit_randomisation", self.by("sponsor"))

    # ------------------------------------------------------------ doses
    @rule(odd=oddities, seed=seeds)
    def treat(self, odd: str, seed: int) -> None:
        """A dose with all that comes before it, when it is due; for somebody new if nobody waits for one."""
        self.step(odd, seed)
        if not any(map(FOR["dose"], self.world.state.people.values())):
            self._bring(6, "G1", self.pick(["R0", "R1"]))
        name = self.name("dose")
        known = self.world.state.people.get(name)
        doses = [move.on for move in known.moves if move.act == "treat"] if known is not None else []
        self.world.clock.reach(max([self.today, *(day + timedelta(days=56) for day in doses)]))
        site = self.by("site", name)
        self.tried("record", site, name, *before_dose(self.today))
        if self.tried("decide_dose", self.by("investigator", name), name):
            self.tried("give_dose", site, name, self.thing(["full"], ["reduced", "double"]), on=self.day)

    @rule(odd=oddities, seed=seeds)
    def decide_dose(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("dose")
        self.tried("decide_dose", self.by("investigator", name), name, self.day)

    @rule(odd=oddities, seed=seeds)
    def override_dose(self, odd: str, seed: int) -> None:
        """Otherwise than the rules say; and mostly it is given so."""
        self.step(odd, seed)
        name = self.name("dose")
        doctor, level = self.by("investigator", name), self.thing(["full", "reduced"], ["double"])
        self.tried("override_dose", doctor, name, level, self.why, self.day)
        if self.seldom(3):
            self.world.clock.wait(timedelta(days=1))
        self.tried("give_dose", self.by("site", name), name, level, on=self.day)

    @rule(odd=oddities, seed=seeds)
    def give_dose(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("dose")
        by, measured = self.by("site", name), self.thing(["", "7.3 GBq", "74 GBq"], ["7 kg"])
        activity = exactly(*measured.split()) if measured else None
        self.tried("give_dose", by, name, self.pick(["full", "reduced"]), on=self.day, activity=activity)

    @rule(odd=oddities, seed=seeds)
    def blind(self, odd: str, seed: int) -> None:
        """Who must not know the arm asks for what differs between the arms; the world looks at the answers (R12)."""
        self.step(odd, seed)
        name, who = self.name(), "statistician"
        tries: list[tuple[Any, ...]] = [
            ("decide_dose", who, name), ("override_dose", who, name, "full", "why"), ("give_dose", who, name, "full"),
            ("randomise", who, name), ("visit", who, name, "dose_1", self.today), ("follow", who, name),
        ]  # fmt: skip
        for each in tries:
            assert self.tried(*each) is None

    # ------------------------------------------------------------ leaving
    @rule(odd=oddities, seed=seeds)
    def leave(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        verbs, everybody = ["follow", "lose", "find_again", "complete"], self.world.state.people.values()
        verb = self.pick([each for each in verbs if any(map(FOR[each], everybody))] or verbs)
        name = self.name(verb)
        by = self.by("site", name)
        told = {"reason": self.why} if verb in ("follow", "lose") else {}
        self.tried(verb, by, name, on=self.day, **told)

    @rule(odd=oddities, seed=seeds)
    def withdraw(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("withdraw")
        by, scope = self.by("site", name), self.thing(["treatment", "visits", "all"], ["some"])
        self.tried("withdraw", by, name, scope, self.why, on=self.day)

    # ------------------------------------------------------------ safety
    @rule(odd=oddities, seed=seeds)
    def adverse_event(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name, event = self.name("withdraw"), self.pick(EVENTS)
        by = self.by("site", name)
        written = self.tried("record", by, name, fact(self.day, adverse_event=event))
        if written and not self.seldom(3):
            self.tried("report_serious", by, name, written[0].seq)

    @rule(odd=oddities, seed=seeds)
    def report_serious(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name("event")
        known = self.world.state.people.get(name)
        events = sorted(serious_events_of(known)) if known is not None and self.odd != "thing" else []
        entry = self.pick(events) if events else self.entry(name, "fact")
        self.tried("report_serious", self.by("site", name), name, entry, self.at, self.pick([None, True, False]))

    @rule(odd=oddities, seed=seeds)
    def sponsor_acts(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        verb = self.pick(["receive_serious", "opine", "submit_serious"])
        entry, yes = self.entry(self.name("serious"), "serious_event"), self.pick([True, False])
        by, to = self.by("sponsor"), self.pick(["authority", "sponsor", "press"])
        told = {"receive_serious": (self.at,), "opine": (yes, not yes), "submit_serious": (to, self.at)}
        self.tried(verb, by, entry, *told[verb])

    # ------------------------------------------------------------ closing
    @rule(odd=oddities, seed=seeds)
    def sign(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        name = self.name()
        by, meaning = self.by("investigator", name), self.pick(["casebook", "a visit"])
        covers = () if (meaning == "casebook") != (self.odd == "thing") else (self.entry(name),)
        self.tried("sign", by, name, meaning if self.odd != "reason" else "", covers)

    @rule(odd=oddities, seed=seeds)
    def question(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        verb, name = self.pick(["ask", "verify_source"]), self.name()
        by, entry = self.by("monitor"), self.entry(name)
        self.tried(verb, by, name, entry, *([self.why] if verb == "ask" else []))

    @rule(odd=oddities, seed=seeds)
    def to_question(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        verb, queries = self.pick(["answer", "close_query"]), [*self.world.state.queries.values()]
        wanted = self.thing([each for each in queries if each.open][-4:] or [None], [None, *queries])
        by = self.by("site", wanted.person if wanted is not None else "") if verb == "answer" else self.by("data")
        told = [self.why] if verb == "answer" else []
        self.tried(verb, by, wanted.entry if wanted is not None else 1, *told)

    @rule(odd=oddities, seed=seeds)
    def export(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        self.tried("export", self.by("data"), "the trail")

    @rule(odd=oddities, seed=seeds)
    def unblind(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        self.tried("unblind", self.by("statistician"), "the interim look", self.why)

    @rule(odd=oddities, seed=seeds)
    def lock(self, odd: str, seed: int) -> None:
        """The data are locked, with what is open waived; at times the seed is asked for; mostly the lock is lifted."""
        self.step(odd, seed)
        points = self.world.trial.open_points() if self.odd != "thing" else []
        self.tried("lock", self.by("data"), dict.fromkeys(points, self.why))
        if self.seldom(8):  # nobody can be randomised once the seed is known
            self.tried("reveal", self.by("sponsor"))
        elif not self.seldom(6):
            self.tried("unlock", self.by("data"), self.why)

    @rule(odd=oddities, seed=seeds)
    def unlock(self, odd: str, seed: int) -> None:
        self.step(odd, seed)
        if self.world.state.lock or self.seldom(2):
            self.tried("unlock", self.by("data"), self.why)
        else:
            self.tried("reveal", self.by("sponsor"))

    # ------------------------------------------------------------ what holds after each
    @invariant()
    def all_is_well(self) -> None:
        self.world.check()


STEPS: Final = [each.function.__name__ for each in TrialMachine.setup_state().rules]


def walk(seed: int, steps: int) -> None:
    """Steps at random, more of them and more evenly drawn than Hypothesis does; `seed` plays the same walk again."""
    chance, machine = Random(seed), TrialMachine()
    try:
        machine.somebody_is_there()
        for number in range(steps):
            name, odd, drawn = chance.choice(STEPS), chance.choice(ODDITIES), chance.randrange(2**32)
            try:
                getattr(machine, name)(odd, drawn)
                machine.all_is_well()
            except Exception as error:
                error.add_note(f"walk({seed}, ...), step {number}: {name}({odd!r}, {drawn})")
                raise
    finally:
        machine.teardown()


def played(examples: int, steps: int) -> None:
    """Hypothesis plays, and makes what it finds as short as it can; the same in every run, unless it is thorough."""
    run_state_machine_as_test(
        TrialMachine,
        settings=settings(
            max_examples=examples * (LONGER if THOROUGH else 1), stateful_step_count=steps, deadline=None,
            derandomize=not THOROUGH, suppress_health_check=list(HealthCheck), print_blob=True,
        ),
    )  # fmt: skip


@pytest.fixture(params=["memory", "file", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where the ledger is: in memory, in a file, or in a file that is on the disk after each step."""
    if request.param != "memory":
        monkeypatch.setattr(TrialMachine, "folder", tmp_path)
    if request.param == "disk":
        monkeypatch.setattr(TrialMachine, "durability", "full")
    return request.param


def test_whatever_is_tried_at_the_door_of_a_trial(store: str) -> None:
    played(*{"memory": (12, 40), "file": (5, 40), "disk": (3, 30)}[store])


def test_a_long_walk_forgets_no_verb(store: str) -> None:
    """On each store there is in the end no verb that was not done, and none that was not refused."""
    for counter in (done, refused, counts):
        counter.clear()
    walks, steps = {"memory": (4, 250), "file": (2, 250), "disk": (1, 100)}[store]
    first = secrets.randbelow(2**20) * 1000 if THOROUGH else 1
    for seed in range(first, first + walks * (LONGER if THOROUGH else 1)):
        walk(seed, steps)
    more = iter(range(first + 10**6, first + 10**6 + 12))  # what is rare may need a longer way
    while store != "disk" and VERBS - (done.keys() & refused.keys()) and (seed := next(more, None)) is not None:
        walk(seed, steps)
    if store != "disk":
        assert VERBS - done.keys() == set(), "never done"
        assert VERBS - refused.keys() == set(), "never refused"
