"""The verbs of the door as one table: what each does, and what it is told. Commands and acts are made of it."""

from dataclasses import dataclass
from typing import Final, Literal

from ..conduct.scope import SCOPES
from ..ledger.store import PARTS
from ..participant.acts import ROLES
from ..participant.moves import NOT_ENTERED

Kind = Literal[
    "text", "day", "moment", "entry", "entries", "yes_no", "quantity", "waivers", "fact", "facts", "when"
]  # fmt: skip
Chapter = Literal["The trial", "People", "Doses", "Leaving", "Serious events", "Data"]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a verb is told, under the name that the door gives it.

    placed: on the command line by its place, else as --name. needed: the door has no default for it.
    words: the only words that it can be. beside: it does not go to the door but says more about the facts.
    """

    name: str
    help: str = ""
    kind: Kind = "text"
    placed: bool = False
    needed: bool = False
    words: tuple[str, ...] = ()
    beside: bool = False

    @property
    def option(self) -> str:
        return "--waive" if self.kind == "waivers" else f"--{self.name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb: its name for people, the door's method, its sentence, what it is told, and an example of its words.

    secret: it needs the randomiser and its key.
    """

    name: str
    chapter: Chapter
    help: str
    told: tuple[Told, ...]
    example: str
    method: str
    secret: bool = False


def _place(name: str, kind: Kind = "text", needed: bool = True, words: tuple[str, ...] = ()) -> Told:
    return Told(name, kind=kind, placed=True, needed=needed, words=words)


def _day(help: str) -> Told:
    return Told("on", f"{help} [default: today].", "day")


def _why(help: str = "Why, in a few words.", needed: bool = True) -> Told:
    return Told("reason", help, needed=needed)


_PERSON: Final = _place("person")
_FACT: Final = (
    Told("on", 'The day of what is recorded, as far as known: 2026-03-02, 2026-03, "not recorded".', "when",
         beside=True),
    Told("from", "The day on which it began, if it lasts.", "when", beside=True),
    Told("to", 'The day on which it ended, or "ongoing".', "when", beside=True),
    Told("low", "The laboratory's own lower limit.", beside=True),
    Told("high", "The laboratory's own upper limit.", beside=True),
    Told("source", "Where it is written.", beside=True),
)  # fmt: skip


def _verb(
    name: str, chapter: Chapter, help: str, *told: Told, example: str, method: str = "", secret: bool = False
) -> Verb:
    return Verb(name, chapter, help, told, example, method or name.replace("-", "_"), secret)


VERBS: Final[tuple[Verb, ...]] = (
    # ------------------------------------------------------------ the trial
    _verb(
        "grant", "The trial", "Give a user access in one role, at one site or at none.",
        _place("user"), _place("role", words=ROLES), Told("site", "The user's own site."),
        example="grant trial.ledger inv-1 investigator --site Essen --as sponsor-1",
    ),
    _verb(
        "end-access", "The trial", "End a user's access, at once and for good.", _place("user"), _why(),
        example="end-access trial.ledger inv-1 --reason 'left the site' --as sponsor-1",
    ),
    _verb(
        "open-site", "The trial", "Open a site.", _place("site"), _day("The day from which it is open"),
        example="open-site trial.ledger Essen --as sponsor-1",
    ),
    _verb(
        "close-site", "The trial", "Close a site: nobody new enters there.", _place("site"), _why(),
        example="close-site trial.ledger Essen --reason 'no capacity' --as sponsor-1",
    ),
    _verb(
        "consent-version", "The trial", "Bring a version of the consent form into force.",
        _place("version"), Told("on", "The day from which it is in force.", "day", needed=True),
        Told("site", "Only at this site [default: everywhere]."),
        Told("again", "no: who signed an earlier version need not sign again [default: yes].", "yes_no"),
        example="consent-version trial.ledger 2.0 --on 2026-03-01 --as sponsor-1", method="bring_consent_into_force",
    ),
    _verb(
        "adopt", "The trial", "Go on under another version of the protocol: that of --trial, or as it is now.", _why(),
        example="adopt trial.ledger --trial my-trial --reason 'amendment 2' --as sponsor-1",
    ),
    _verb(
        "commit-randomisation", "The trial", "Write the commitment to the random list, before the first person.",
        example="commit-randomisation trial.ledger --randomiser t.rand --key t.key --as sponsor-1", secret=True,
    ),
    # ------------------------------------------------------------ people
    _verb(
        "identify", "People", "Somebody comes to the trial's notice: an identifier, never a name.",
        _PERSON, _day("The day of it"), Told("site", "The site, for users who belong to none."),
        example="identify trial.ledger P-001 --as coord-1",
    ),
    _verb(
        "record", "People", "Write down facts, all or none; what is recorded already is not written again.",
        _PERSON, _place("facts", "facts", needed=False), *_FACT,
        Told("visit", "The visit at which they were collected."),
        _why("Why so late, for what was observed long before.", needed=False),
        example="record trial.ledger P-001 'haemoglobin = 12.3 g/dL' --on 2026-03-02 --as coord-1",
    ),
    _verb(
        "correct", "People", "The right value in the place of a recorded one; both stay, with the reason.",
        _PERSON, _place("entry", "entry"), _place("fact", "fact"), *_FACT, _why(),
        example="correct trial.ledger P-001 31 'haemoglobin = 13.2 g/dL' --reason 'digits swapped' --as coord-1",
    ),
    _verb(
        "void", "People", "Take back what should not have been recorded; it stays readable, with the reason.",
        _PERSON, _place("entry", "entry"), _why(),
        example="void trial.ledger P-001 31 --reason 'of another person' --as coord-1",
    ),
    _verb(
        "visit", "People", "A visit was made, or was missed. Without SLOT it is one that the schedule lacks.",
        _PERSON, _place("slot", needed=False), Told("on", "The day of the visit.", "day", needed=True),
        Told("done", "no: it was missed [default: yes].", "yes_no"),
        _why("Why it was missed.", needed=False),
        example="visit trial.ledger P-001 screening --on 2026-03-02 --as coord-1",
    ),
    _verb(
        "screen", "People", "Judge a person by what is recorded, and keep the verdict.",
        _PERSON, _day("The day to judge on"), example="screen trial.ledger P-001 --as coord-1",
    ),
    _verb(
        "exclude", "People", "Somebody who was assessed does not enter.",
        _PERSON, _place("why", words=tuple(NOT_ENTERED)), _why("In a few words.", needed=False), _day("The day of it"),
        example="exclude trial.ledger P-001 declined --as coord-1",
    ),
    _verb(
        "sign-eligible", "People", "The investigator signs that a person is eligible, on the facts as screened.",
        _PERSON, example="sign-eligible trial.ledger P-001 --as inv-1",
    ),
    _verb(
        "randomise", "People", "Allocate a person to an arm, once and for good; asked again, the answer is the same.",
        _PERSON, example="randomise trial.ledger P-001 --randomiser t.rand --key t.key --as coord-1", secret=True,
    ),
    # ------------------------------------------------------------ doses
    _verb(
        "decide-dose", "Doses", "The investigator signs what the rules say of the next dose.",
        _PERSON, _day("The day to decide on"), example="decide-dose trial.ledger P-001 --as inv-1",
    ),
    _verb(
        "override-dose", "Doses", "The investigator decides on the next dose otherwise than the rules.",
        _PERSON, _place("level"), _why(), _day("The day of the dose"),
        example="override-dose trial.ledger P-001 reduced --reason 'tumour board of 2 March' --as inv-1",
    ),
    _verb(
        "give-dose", "Doses", "A dose was given, as decided or overridden.",
        _PERSON, _place("level"), _day("The day of the dose"),
        Told("activity", "As measured: 7.3 GBq [default: that of the level].", "quantity"),
        example="give-dose trial.ledger P-001 full --activity '7.3 GBq' --as coord-1",
    ),
    # ------------------------------------------------------------ leaving
    _verb(
        "follow", "Leaving", "The treatment is over, or there is none: the person goes into follow-up.",
        _PERSON, _day("The day of it"), _why(needed=False), example="follow trial.ledger P-001 --as coord-1",
    ),
    _verb(
        "withdraw", "Leaving", "A person withdraws, as far as they say.",
        _PERSON, _place("scope", words=tuple(SCOPES)), _why("Why, in their words; “no reason given” is one."),
        _day("The day of it"),
        example="withdraw trial.ledger P-001 visits --reason 'too far away' --as coord-1",
    ),
    _verb(
        "lose", "Leaving", "Nobody can reach the person any more.",
        _PERSON, _why(), Told("on", "The day of the last contact [default: today].", "day"),
        example="lose trial.ledger P-001 --reason 'moved away' --on 2026-03-02 --as coord-1",
    ),
    _verb(
        "find-again", "Leaving", "Somebody who was lost is found again.", _PERSON, _day("The day of it"),
        example="find-again trial.ledger P-001 --as coord-1",
    ),
    _verb(
        "complete", "Leaving", "A person has gone through the whole follow-up.", _PERSON, _day("The day of it"),
        example="complete trial.ledger P-001 --as coord-1",
    ),
    # ------------------------------------------------------------ serious events
    _verb(
        "report-serious", "Serious events", "The site reports an adverse event, by its entry, as serious.",
        _PERSON, _place("event", "entry"), Told("aware", "When the site became aware [default: now].", "moment"),
        Told("life_threatening", "Did it threaten life?", "yes_no"),
        example="report-serious trial.ledger P-001 57 --aware 2026-03-02T14:00+01:00 --as coord-1",
    ),
    _verb(
        "receive-serious", "Serious events", "The sponsor knows of a serious event, by the entry of its report.",
        _place("event", "entry"), Told("aware", "When the sponsor became aware [default: now].", "moment"),
        example="receive-serious trial.ledger 58 --as sponsor-1",
    ),
    _verb(
        "opine", "Serious events", "The sponsor's own opinion; the investigator's stays beside it.",
        _place("event", "entry"), Told("related", "Is it related to the treatment?", "yes_no", needed=True),
        Told("unexpected", "Is it unexpected?", "yes_no"), _why(needed=False),
        example="opine trial.ledger 58 --related yes --as sponsor-1",
    ),
    _verb(
        "submit-serious", "Serious events", "The sponsor has reported a serious event to somebody.",
        _place("event", "entry"), _place("to"), Told("at", "When [default: now].", "moment"),
        example="submit-serious trial.ledger 58 authority --as sponsor-1",
    ),
    # ------------------------------------------------------------ data
    _verb(
        "sign", "Data", "The investigator signs entries about a person; without --covers all of them, the casebook.",
        _PERSON, Told("meaning", "What the signature means [default: casebook]."),
        Told("covers", "An entry that is signed; repeat it.", "entries"),
        example="sign trial.ledger P-001 --as inv-1",
    ),
    _verb(
        "ask", "Data", "Open a question about an entry.", _PERSON, _place("entry", "entry"), _place("text"),
        example="ask trial.ledger P-001 31 'Is this of the same day?' --as monitor-1",
    ),
    _verb(
        "answer", "Data", "Answer a question, by its entry.", _place("query", "entry"), _place("text"),
        example="answer trial.ledger 60 'Yes, at noon.' --as coord-1",
    ),
    _verb(
        "close-query", "Data", "Close a question, by its entry.", _place("query", "entry"),
        example="close-query trial.ledger 60 --as monitor-1",
    ),
    _verb(
        "verify-source", "Data", "The monitor has compared an entry with its source.",
        _PERSON, _place("entry", "entry"), example="verify-source trial.ledger P-001 31 --as monitor-1",
    ),
    _verb(
        "redact", "Data", "Remove the content of an entry that holds personal data; who and why stay.",
        _place("entry", "entry"), _why("Why, without repeating the content."),
        Told("part", "What holds the data: body or reason [default: body].", words=PARTS),
        example="redact trial.ledger 31 --reason 'a name was typed' --as dm-1",
    ),
    _verb(
        "export", "Data", "Write down that somebody took data out.", _place("what"),
        example="export trial.ledger 'dataset for the interim look' --as dm-1",
    ),
    _verb(
        "unblind", "Data", "Write down, before it is done, that somebody sees the arms before the lock.",
        _place("what"), _why(), example="unblind trial.ledger 'safety review' --reason 'asked by the board' --as st-1",
    ),
    _verb(
        "lock", "Data", "Lock the data; what is open is named, or waived with a reason.",
        Told("waivers", "An open point, by its sentence or how it begins, and why it may stay open; repeat it.",
             "waivers"),
        example="lock trial.ledger --waive 'Question 60' 'the patient has died' --as dm-1",
    ),
    _verb(
        "unlock", "Data", "Lift the lock of the data.", _why(),
        example="unlock trial.ledger --reason 'a late laboratory report' --as dm-1",
    ),
    _verb(
        "reveal", "Data", "Publish the seed of the random list, after the lock.",
        example="reveal trial.ledger --randomiser t.rand --key t.key --as sponsor-1", secret=True,
    ),
)  # fmt: skip
BY_NAME: Final = {verb.name: verb for verb in VERBS}
CHAPTERS: Final[tuple[Chapter, ...]] = ("The trial", "People", "Doses", "Leaving", "Serious events", "Data")
