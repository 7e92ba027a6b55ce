"""One line of rule text -> nodes; what is wrong comes back with its place and the nearest words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from difflib import get_close_matches
from typing import NoReturn

from ..concepts import Concept, Vocabulary
from ..dates import NO_TIME, Duration
from ..quantities import Comparison, Quantity, dimension, exactly, factor, read_unit
from .nodes import (
    HERE,
    SELECTORS,
    TODAY,
    Absolute,
    Age,
    AllOf,
    AnyOf,
    Change,
    Compare,
    Count,
    Elapsed,
    Grade,
    Is,
    Limit,
    Look,
    Moment,
    Normal,
    Not,
    OwnLimit,
    Recorded,
    Rule,
    Step,
    Unless,
    Window,
)  # fmt: skip


class RuleError(Exception):
    """A fault of a rule's text: what is wrong, at which character (from 0), over how many."""

    def __init__(self, message: str, position: int, length: int = 1) -> None:
        super().__init__(message)
        self.message, self.position, self.length = message, position, length


@dataclass(frozen=True, slots=True)
class Language:
    """What a rule may speak of: the vocabulary, the names of moments, and the grading table of each concept.

    `birth`: the concept that gives the date of birth.
    """

    vocabulary: Vocabulary
    moments: Mapping[str, Moment] = field(default_factory=dict[str, Moment])
    gradings: Mapping[str, tuple[Step, ...]] = field(default_factory=dict[str, tuple[Step, ...]])


_TOKEN = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<compare><=|>=|!=|<|>|=)|(?P<mark>[()\[\],])|(?P<word>[A-Za-z_]\w*(?:\.\w+)*)"
)
_RUN = re.compile(r"[^\s()\[\],]+")
_UNIT = re.compile(r"(?:[^\s()\[\],]|\[[A-Za-z]+\]|\([^\s()]*\))+")  # with its own brackets: [iU]/L, /(2.mm2)
_DEEPEST = 50  # parentheses within parentheses
_UNITS_OF_TIME = {"day", "week", "month", "year"}
_JOINTS = {"and", "or", "unless"}
_AFTER_A_LIMIT = _JOINTS | {"within", "before", "after", "between", "where", "on", "from"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int

    @property
    def length(self) -> int:
        return max(1, len(self.text))


def parse(text: str, language: Language) -> Rule:
    """The rule that the text states. Raises RuleError with the place of the first thing that cannot be read."""
    reader = _Reader(text, language)
    rule = reader.rule()
    if reader.next.kind != "end":
        reader.fail(f'expected the rule to end, or "and", "or", "unless", but found "{reader.next.text}"')
    return rule


def parse_limit(text: str, concept: Concept, language: Language) -> tuple[Comparison, Limit]:
    """A line of a grading table: "< 75 10*9/L" or "> 3 x ULN"."""
    reader = _Reader(text, language)
    comparison = reader.comparison()
    limit = reader.limit(concept)
    if reader.next.kind != "end":
        reader.fail(f'expected the limit to end, but found "{reader.next.text}"')
    return comparison, limit


def parse_look(text: str, language: Language) -> Look:
    """Where a value stands: "highest pathology.grade", "ecog within 4 weeks before randomisation"."""
    reader = _Reader(text, language)
    look = reader.look(reader.selector("latest"))
    if reader.next.kind != "end":
        reader.fail(f'expected nothing more, but found "{reader.next.text}"')
    return look


class _Reader:
    """Reads from left to right, one token ahead."""

    def __init__(self, text: str, language: Language) -> None:
        self.text, self.language = text, language
        self.position, self.next = 0, Token("end", "", 0)
        self.record: Concept | None = None  # the record that `where` is about
        self.bare_where = False  # within a `where` without parentheses
        self.depth = 0
        self.advance()

    # ---------------------------------------------------------------- tokens
    def advance(self) -> Token:
        """Takes the next token and looks one further."""
        current, start = self.next, self.position
        while start < len(self.text) and self.text[start].isspace():
            start += 1
        match = _TOKEN.match(self.text, start)
        if start >= len(self.text):
            self.next = Token("end", "", len(self.text.rstrip()))
            self.position = start
        elif match is None:
            run = _RUN.match(self.text, start)
            self.next = Token("other", run[0] if run else self.text[start], start)
            self.position = start + self.next.length
        else:
            self.next = Token(str(match.lastgroup), match[0], start)
            self.position = match.end()
        return current

    def fail(self, message: str, token: Token | None = None) -> NoReturn:
        at = token or self.next
        raise RuleError(message, at.start, at.length)

    def at(self, *words: str) -> bool:
        return self.next.kind in ("word", "mark") and self.next.text in words

    def take(self, *words: str) -> bool:
        if self.at(*words):
            self.advance()
            return True
        return False

    def expect(self, *words: str) -> Token:
        if not self.at(*words):
            found = f'"{self.next.text}"' if self.next.text else "the end of the rule"
            self.fail(f"expected {' or '.join(f'{word!r}' for word in words)} but found {found}".replace("'", '"'))
        return self.advance()

    def peek(self) -> str:
        """The text of the token after the next."""
        match = _TOKEN.match(self.text, self.position + _blanks(self.text, self.position))
        return match[0] if match else ""

    def word(self, what: str) -> Token:
        if self.next.kind != "word":
            found = f'"{self.next.text}"' if self.next.text else "the end of the rule"
            self.fail(f"expected {what} but found {found}")
        return self.advance()

    def number(self) -> Decimal:
        if self.next.kind != "number":
            found = f'"{self.next.text}"' if self.next.text else "the end of the rule"
            self.fail(f"expected a number but found {found}")
        return Decimal(self.advance().text)

    def whole_number(self, message: str) -> int:
        start = self.next
        number = self.number()
        if number % 1:
            self.fail(message, start)
        return int(number)

    def comparison(self) -> Comparison:
        if self.next.kind != "compare":
            found = f'"{self.next.text}"' if self.next.text else "the end of the rule"
            self.fail(f"expected <, <=, >, >=, = or != but found {found}")
        return self.advance().text  # pyright: ignore[reportReturnType]

    # ---------------------------------------------------------------- joints
    def rule(self) -> Rule:
        first = self.part()
        if self.take("unless"):
            rule: Rule = Unless(first, self.part())
        elif self.at("and", "or"):
            joint = self.next.text
            parts = [first]
            while self.take(joint):
                parts.append(self.part())
            rule = AllOf(tuple(parts)) if joint == "and" else AnyOf(tuple(parts))
        else:
            return first
        if self.at(*_JOINTS):
            self.fail('"and", "or" and "unless" do not mix: put parentheses around what belongs together')
        return rule

    def part(self) -> Rule:
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f'"not" and parentheses stand {_DEEPEST} deep: nobody can read that')
        rule = self.inner_part()
        self.depth -= 1
        return rule

    def inner_part(self) -> Rule:
        if self.take("not"):
            return Not(self.part())
        if self.take("("):
            bare, self.bare_where = self.bare_where, False
            rule = self.rule()
            self.expect(")")
            self.bare_where = bare
            return rule
        if self.at("less", "more", "at"):
            return self.elapsed()
        if self.at("age"):
            return self.age()
        if self.at("count"):
            return self.count()
        if self.record is not None and self.at("dated"):
            return self.dated()
        return self.statement()

    # ---------------------------------------------------------------- atoms
    def dated(self) -> Rule:
        """Where the record at hand lies in time: "dated on liver_resection"."""
        self.advance()
        window = self.window()
        if window is None:
            self.fail('expected a window after "dated" (on, before, after, within, between)')
        return Recorded(Look(HERE, window=window))

    def elapsed(self) -> Rule:
        first = self.advance().text
        second = self.expect(*(("least", "most") if first == "at" else ("than",))).text
        comparison: Comparison = {"less than": "<", "more than": ">", "at least": ">=", "at most": "<="}[
            f"{first} {second}"
        ]  # pyright: ignore[reportAssignmentType]
        duration = self.duration()
        direction = self.expect("since", "until").text
        selector_at = self.next
        selector = self.selector("latest")
        if selector not in ("latest", "any"):
            self.fail(f'"{direction}" counts from the latest: leave "{selector}" out', selector_at)
        start = self.next
        look = self.look(selector)
        if look.field:
            self.fail("time is counted from an event, not from one of its fields", start)
        if look.selector == "first":
            self.fail(
                f'"{direction}" counts from the latest, and "{start.text}" is the first: name a window from it '
                f'instead, such as "... within 6 months after {start.text}"',
                start,
            )
        return Elapsed(look, comparison, duration, direction)  # pyright: ignore[reportArgumentType]

    def age(self) -> Rule:
        start = self.advance()
        if "birth_date" not in self.language.vocabulary:
            self.fail('"age" needs a concept "birth_date"', start)
        if self.bare_where and self.record is not None:
            self.not_a_field("age", self.record, start)
        comparison, number = self.comparison(), self.whole_number("age is in whole years")
        self.expect("years", "year")
        moment = TODAY
        if self.take("at"):
            moment = self.moment()
            if self.at("or") and self.peek() == "today":
                self.advance()
                self.advance()
                moment = replace(moment, or_today=True)
        return Age(comparison, number, moment)

    def count(self) -> Rule:
        self.advance()
        self.take("of")
        start = self.next
        look = self.look("any")
        if look.concept == HERE:
            self.of_the_record("counted", start)
        return Count(look, self.comparison(), self.whole_number("a count is a whole number"))

    def statement(self) -> Rule:
        negated = self.take("no")
        selector_at = self.next
        given = self.selector("any" if negated else "")
        start = self.next
        look = self.look(given or "latest")
        concept = self.concept_of(look, start)
        if look.concept == HERE and (given or negated):
            self.fail(
                f'a record has one "{start.text}": leave "{selector_at.text if not negated else "no"}" out', start
            )
        if negated and (look.field or concept.kind not in ("record", "date")):
            self.fail(
                f'"no {start.text}" could be its answer or its absence: write "is ..." or "is not recorded"', start
            )
        if negated or look.where is not None:
            rule: Rule = self.recorded(look, selector_at)
        else:
            rule = self.predicate(look, concept, start, selector_at if given else None)
        return Not(rule) if negated else rule

    def recorded(self, look: Look, selector_at: Token) -> Recorded:
        """A look at records as such: they have no order but that of time."""
        if look.selector in ("highest", "lowest"):
            self.fail(
                f'a record is not high or low: write latest, first, any or every, not "{look.selector}"', selector_at
            )
        if look.selector == "every" and look.where is None:
            self.fail('"every" needs a condition: "every ... where ..."', selector_at)
        return Recorded(look)

    def of_the_record(self, done: str, start: Token) -> NoReturn:
        self.fail(f'"{start.text}" is a field of one record: it cannot be {done}', start)

    def predicate(self, look: Look, concept: Concept, start: Token, selector_at: Token | None) -> Rule:
        if self.next.kind == "compare":
            self.must_be(concept, "quantity", start, "has no number to compare")
            comparison, limit = self.comparison(), self.limit(concept)
            return Compare(self.trailing_window(look), comparison, limit)
        if self.take("is"):
            return self.is_(look, concept, start, selector_at)
        if self.at("in") or (self.at("not") and self.peek() == "in"):
            negated = self.take("not")
            self.advance()
            rule = Is(look, self.answers(concept, start))
            rule = replace(rule, look=self.trailing_window(look))
            return Not(rule) if negated else rule
        if self.take("includes"):
            self.unordered(look, selector_at)
            return Is(look, self.answers(concept, start), "some")
        if self.at("rises", "falls"):
            return self.change(look, concept, start)
        if self.take("grade"):
            return self.grade(look, concept, start)
        if look.field or concept.kind not in ("record", "date"):
            self.fail(f'"{start.text}" alone says nothing: compare it, or write "is ..." or "is recorded"', start)
        if selector_at is None:
            return Recorded(replace(look, selector="any"))
        return self.recorded(look, selector_at)

    def unordered(self, look: Look, selector_at: Token | None) -> None:
        """Refuses highest and lowest where there is nothing to put in order."""
        if look.selector in ("highest", "lowest"):
            self.fail(
                f'"{look.selector}" needs a comparison or one answer: write latest, first, any or every', selector_at
            )

    def is_(self, look: Look, concept: Concept, start: Token, selector_at: Token | None) -> Rule:
        negated = self.take("not")
        if self.take("normal"):
            self.must_be(concept, "quantity", start, "has no normal range")
            self.unordered(look, selector_at)
            rule: Rule = Normal(self.trailing_window(look))
        elif self.take("recorded"):
            if look.concept == HERE:
                self.of_the_record('asked for as "recorded"', start)
            if selector_at is not None and selector_at.text != "any":
                self.fail(f'"is recorded" asks for any: leave "{selector_at.text}" out', selector_at)
            rule = Recorded(self.trailing_window(replace(look, selector="any")))
        else:
            rule = Is(look, self.answers(concept, start))
            rule = replace(rule, look=self.trailing_window(look))
        return Not(rule) if negated else rule

    def change(self, look: Look, concept: Concept, start: Token) -> Rule:
        self.must_be(concept, "quantity", start, "cannot rise or fall")
        if look.concept == HERE:
            self.of_the_record("compared with a baseline", start)
        direction = self.advance().text
        comparison, percent = self.comparison(), self.number()
        if self.next.text not in ("%", "percent"):
            self.fail('expected "%"')
        self.advance()
        self.expect("from")
        return Change(look, direction, comparison, percent, self.moment())  # pyright: ignore[reportArgumentType]

    def grade(self, look: Look, concept: Concept, start: Token) -> Rule:
        steps = self.language.gradings.get(look.concept)
        if steps is None:
            known = ", ".join(sorted(self.language.gradings)) or "none"
            self.fail(f"the trial has no grading table for {start.text} (tables: {known})", start)
        return Grade(look, self.comparison(), self.whole_number("grades are whole numbers"), steps)

    def must_be(self, concept: Concept, kind: str, start: Token, otherwise: str) -> None:
        if concept.kind != kind:
            self.fail(f'"{start.text}" is a {concept.kind.replace("_", "/")}: it {otherwise}', start)

    # ---------------------------------------------------------------- looks
    def selector(self, default: str) -> str:
        if self.at(*SELECTORS):
            return self.advance().text
        return default

    def look(self, selector: str) -> Look:
        token = self.word("the name of a concept")
        name, _, part = token.text.partition(".")
        here = self.record
        if here is not None and not part and name in here.fields:
            return Look(HERE, name, selector)  # pyright: ignore[reportArgumentType]
        moment = self.language.moments.get(name)
        if here is not None and self.bare_where and (name in self.language.vocabulary or moment is not None):
            self.not_a_field(name, here, token)
        if moment is not None and moment.look is not None:
            name = moment.look.concept
            # A moment that is the first of several stays that, unless the rule itself says which one it wants.
            selector = "first" if moment.look.selector == "first" and selector == "latest" else selector
        concept = self.known(name, token)
        if part and part not in concept.fields:
            self.unknown(part, concept.fields, f"{name} has no field", token)
        look = Look(name, part, selector, self.window())  # pyright: ignore[reportArgumentType]
        if self.at("where"):
            concept = self.language.vocabulary[name]
            if concept.kind != "record" or part:
                self.fail('"where" speaks of the fields of a record')
            self.advance()
            look = replace(look, where=self.where(concept))
        return look

    def not_a_field(self, name: str, record: Concept, token: Token) -> NoReturn:
        self.fail(
            f'"{name}" is not a field of {record.name}: to speak of another concept, put the condition in parentheses',
            token,
        )

    def where(self, concept: Concept) -> Rule:
        outer, self.record = (self.record, self.bare_where), concept
        self.bare_where = True
        rule = self.rule()
        self.record, self.bare_where = outer
        return rule

    def concept_of(self, look: Look, start: Token) -> Concept:
        if look.concept == HERE:
            assert self.record is not None
            return self.record.fields[look.field]
        concept = self.language.vocabulary[look.concept]
        return concept.fields[look.field] if look.field else concept

    def known(self, name: str, token: Token) -> Concept:
        if name not in self.language.vocabulary:
            names = [*self.language.vocabulary, *(self.record.fields if self.record else ())]
            self.unknown(name, names, "there is no concept", token)
        return self.language.vocabulary[name]

    def unknown(self, name: str, among: Mapping[str, object] | list[str], what: str, token: Token) -> NoReturn:
        near = get_close_matches(name, list(among), n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; there are: {', '.join(among)}"
        self.fail(f'{what} "{name}"{hint}', token)

    # ---------------------------------------------------------------- windows and time
    def trailing_window(self, look: Look) -> Look:
        window = self.window() if look.window is None and look.concept != HERE else None
        return replace(look, window=window) if window is not None else look

    def window(self) -> Window | None:
        if self.take("within"):
            far = self.duration()
            side = self.expect("before", "after", "of").text
            return Window("around" if side == "of" else side, self.moment(), far=far)  # pyright: ignore[reportArgumentType]
        if self.at("before", "after"):
            return Window(self.advance().text, self.moment(), near=Duration(1, "day"))  # pyright: ignore[reportArgumentType]
        if self.take("on"):
            if not self.take("or"):
                return Window("around", self.moment(), far=NO_TIME)
            side = self.expect("before", "after").text
            return Window(side, self.moment())  # pyright: ignore[reportArgumentType]
        if self.take("between"):
            if self.next.kind == "number":
                near, far = self.durations("and")
                side = self.expect("before", "after").text
                return Window(side, self.moment(), near, far)  # pyright: ignore[reportArgumentType]
            first = self.moment()
            self.expect("and")
            return Window("between", first, other=self.moment())
        if self.next.kind == "number":
            near, far = self.durations("to")
            side = self.expect("before", "after").text
            return Window(side, self.moment(), near, far)  # pyright: ignore[reportArgumentType]
        return None

    def durations(self, joint: str) -> tuple[Duration, Duration]:
        """Two durations, the first with or without its own unit: "1 day to 6 weeks", "12 to 16 weeks"."""
        start = self.next
        number = self.number()
        unit = None if self.at(joint) else self.time_unit()
        self.expect(joint)
        far = self.duration()
        near = Duration(self.whole(number, start), unit or far.unit)  # pyright: ignore[reportArgumentType]
        if _rough_days(near) > _rough_days(far):
            self.fail(f"{near} is longer than {far}: write the shorter first", start)
        return near, far

    def duration(self) -> Duration:
        start = self.next
        number = self.number()
        return Duration(self.whole(number, start), self.time_unit())  # pyright: ignore[reportArgumentType]

    def whole(self, number: Decimal, token: Token) -> int:
        if number % 1:
            self.fail("durations are whole numbers of days, weeks, months or years", token)
        return int(number)

    def time_unit(self) -> str:
        token = self.word("days, weeks, months or years")
        unit = token.text.removesuffix("s")
        if unit not in _UNITS_OF_TIME:
            self.fail(f'"{token.text}" is not days, weeks, months or years', token)
        return unit

    def moment(self) -> Moment:
        token = self.word("a moment (today, or a concept with a date)")
        if token.text == "today":
            return TODAY
        if token.text in self.language.moments:
            return self.language.moments[token.text]
        concept = self.language.vocabulary.get(token.text)
        if concept is None:
            names = ["today", *self.language.moments, *self.language.vocabulary]
            self.unknown(token.text, names, "there is no moment", token)
        return Moment(token.text, Look(token.text))

    # ---------------------------------------------------------------- limits and answers
    def limit(self, concept: Concept) -> Limit:
        number_at = self.next
        number = self.number()
        if self.next.text.lower() in ("x", "uln", "lln", "times"):
            if self.next.text.lower() in ("x", "times"):
                self.advance()
            token = self.word("ULN or LLN")
            side = token.text.upper()
            if side not in ("ULN", "LLN"):
                self.fail("expected ULN or LLN (the laboratory's own upper or lower limit)", token)
            return OwnLimit(number, side)
        stated = [self.quantity(number, concept, number_at)]
        while self.next.text == "(":
            self.advance()
            inner = self.next
            stated.append(self.quantity(self.number(), concept, inner))
            self.expect(")")
        return Absolute(tuple(stated))

    def quantity(self, number: Decimal, concept: Concept, number_at: Token) -> Quantity:
        match = _UNIT.match(self.text, self.next.start)
        if match is None or self.next.text in _AFTER_A_LIMIT:
            if dimension(concept.unit) in ("score", "INR"):
                return exactly(number, concept.unit)
            self.fail(f"the limit needs a unit ({concept.unit} or another of {concept.label})", number_at)
        unit = read_unit(match[0])
        token = Token("unit", match[0], self.next.start)
        if unit is None:
            self.fail(f'the unit "{match[0]}" is not known', token)
        if factor(unit, concept.unit, concept.molar_mass) is None and not concept.members:
            self.fail(f'"{match[0]}" is not a unit of {concept.label} ({concept.unit})', token)
        self.position = match.end()
        self.advance()
        return exactly(number, unit)

    def answers(self, concept: Concept, start: Token) -> tuple[str, ...]:
        if concept.kind not in ("choice", "yes_no"):
            self.fail(f'"{start.text}" is a {concept.kind}: it has no answers', start)
        if not self.take("["):
            return (self.answer(concept),)
        answers = [self.answer(concept)]
        while self.take(","):
            answers.append(self.answer(concept))
        self.expect("]")
        return tuple(answers)

    def answer(self, concept: Concept) -> str:
        token = self.word("an answer")
        if token.text not in concept.answers:
            self.unknown(token.text, list(concept.answers), f"{concept.name} has no answer", token)
        return token.text


def _rough_days(duration: Duration) -> int:
    """About how many days a duration has: enough to tell that 2 years are longer than 18 months."""
    return duration.count * {"day": 1, "week": 7, "month": 31, "year": 366}[duration.unit]


def _blanks(text: str, position: int) -> int:
    """How many blanks stand at the position."""
    rest = text[position:]
    return len(rest) - len(rest.lstrip())
