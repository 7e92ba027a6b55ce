"""What stands in the way of a fact, a visit or a step: no consent, an end that came before, the order of the steps."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from ..conduct.scope import What, permits
from ..conduct.standing import ended_of
from ..dates import day_text
from ..facts import Choice, Fact, Nothing, is_record
from ..participant.moves import MOVES, Move, Refused, Standing, check_may, counted, without
from ..participant.record import Participant, day_of, number_of, version_of
from .opening import Opening


class Checking(Opening):
    """The checks, each of which raises the sentence why not. Nothing is written here."""

    def check_permitted(self, known: Participant, fact: Fact) -> None:
        """Raises Refused unless consent, withdrawal, death and the order of the steps leave room for the fact.

        Of a correction, `known` is the participant as they stood before what it corrects (`before`).
        """
        conduct = self.protocol.conduct
        self._check_consent(known, fact)
        what: What = "records"
        if fact.concept == conduct.death:
            if not is_nothing(fact):
                check_may("die", known.standing, known.person)
                self.check_after(known, day_of(fact), "The death")
            what = "vital_status"
        elif fact.concept == conduct.adverse_event:
            what = "adverse_event"
        elif fact.concept in self.state.words.doses:
            self.check_after(known, day_of(fact), "The dose")
            what = "treatment"
        elif self.protocol.vocabulary[fact.concept].conduct:
            what = "contact"
        self.check_not_left(known, day_of(fact), what)

    def check_by_hand(self, fact: Fact) -> None:
        """Raises Refused for what only a verb of its own may record: a dose, the randomisation."""
        if fact.concept in self.state.words.doses:
            raise Refused("A dose is recorded by giving it, after the investigator has decided; not as a value.")
        if fact.concept == self.protocol.conduct.randomisation:
            raise Refused("The day of the randomisation is the day of the allocation: nobody records it by hand.")

    def check_not_left(self, known: Participant, on: date, what: What) -> None:
        """Raises Refused for what lies after a withdrawal whose scope does not permit it, and after a death (R35)."""
        for ended in ended_of(known, on):
            if ended.why == "withdrawal" and ended.on < on and not permits(ended.scope or "all", what):
                raise Refused(
                    f'{known.person} withdrew on {day_text(ended.on)} with the scope "{ended.scope or "all"}": nothing '
                    "of this kind is recorded after that day."
                )
        died = known.moved("die")
        if known.standing is Standing.DEAD and died is not None and on > died:
            raise Refused(f"{known.person} died on {day_text(died)}: what is dated later cannot be about them.")

    def check_after(self, known: Participant, on: date, what: str) -> None:
        """Raises Refused for a day before a step that was made already. Nobody need have seen a person who was lost."""
        steps = [move for move in counted(known.moves) if MOVES[move.act].to is not None and move.act != "lose"]
        last = max(steps, key=lambda move: move.on, default=None)
        if last is not None and on < last.on:
            raise Refused(
                f"{what} on {day_text(on)} lies before the last step of {known.person}, on {day_text(last.on)}: check "
                "both days."
            )

    def check_one_death(self, known: Participant, facts: Iterable[Fact]) -> None:
        """Raises Refused for a fact that is dated after a death in the same hand."""
        facts, death = tuple(facts), self.protocol.conduct.death
        died = min((day_of(fact) for fact in facts if fact.concept == death and not is_nothing(fact)), default=None)
        if died is not None and any(day_of(fact) > died for fact in facts):
            raise Refused(f"{known.person} died on {day_text(died)}: what is dated later cannot be about them.")

    # ---------------------------------------------------------------- consent
    def _check_consent(self, known: Participant, fact: Fact) -> None:
        """A consent names the version in force on its day; what the study itself does comes after it (R28)."""
        conduct, concept = self.protocol.conduct, self.protocol.vocabulary[fact.concept]
        if fact.concept == conduct.consent:
            self._check_version(known, fact)
        if fact.concept == conduct.study_procedure or (concept.conduct and concept.who == "site"):
            self.check_consented(known, day_of(fact), concept.label.capitalize())

    def _check_version(self, known: Participant, fact: Fact) -> None:
        first = known.standing is Standing.IDENTIFIED
        check_may("consent" if first else "consent_again", known.standing, known.person)
        if not fact.when.exact:
            raise Refused("A consent has its day: record the day, month and year on which it was signed.")
        if is_record(fact.value) and fact.value.get("withdrawn") == Choice(frozenset(["yes"])):
            raise Refused("That a consent is withdrawn is recorded as a withdrawal, with its scope.")
        in_force = self.state.consent_in_force(known.site, fact.when.first)
        if in_force is None:
            raise Refused(f"No version of the consent form was in force at {known.site} on {fact.when}.")
        if version_of(fact) != in_force.version:
            named = f'not "{version_of(fact)}"' if version_of(fact) else "and the consent names none"
            raise Refused(f'On {fact.when} version "{in_force.version}" of the consent form was in force, {named}.')

    def check_consented(self, known: Participant, on: date, what: str) -> None:
        """No procedure of the study before consent (R28)."""
        days = [day_of(fact) for fact in known.of_concept(self.protocol.conduct.consent)]
        if not days:
            raise Refused(f"{what} comes after the consent, and {known.person} has given none.")
        if on < min(days):
            raise Refused(
                f"{what} on {day_text(on)} lies before the consent of {known.person} on {day_text(min(days))}."
            )

    # ---------------------------------------------------------------- what is taken away
    def check_nothing_rests_on(self, known: Participant, entry: int) -> None:
        """Raises Refused where somebody who was randomised could not stand where they stand without that entry."""
        fact = known.fact(entry)
        if fact is not None and fact.concept == self.protocol.conduct.randomisation:
            raise Refused("The day of the randomisation is the day of the allocation, which stands for good.")
        if known.allocation is not None and (lost := _lost_without(known, entry)):
            raise Refused(
                f"That {known.person} {MOVES[lost.act].label} (entry {lost.entry}) rests on entry {entry}: correct "
                "that entry, or take back first what came after it."
            )


def is_nothing(fact: Fact) -> bool:
    """Does it state that there was none?"""
    return isinstance(fact.value, Nothing)


def before(known: Participant, entry: int) -> Participant:
    """The participant without a fact and, if it was a step, without what came after that."""
    place = next((place for place, move in enumerate(known.moves) if move.entry == entry), len(known.moves))
    facts = tuple(fact for fact in known.facts if number_of(fact) != entry)
    return replace(known, facts=facts, moves=known.moves[:place])


def _lost_without(known: Participant, entry: int) -> Move | None:
    """The first move that would not count any more without that of the entry."""
    left = {move.entry for move in counted(without(known.moves, entry))}
    return next((move for move in counted(known.moves) if move.entry not in left | {entry}), None)
