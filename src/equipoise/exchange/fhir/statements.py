"""Diagnoses, allergies and consents -> facts."""

from ...concepts import NO, YES
from ...dates import ANY_DAY, Span, read_span
from ...facts import Value, chosen
from ..bindings import Binding
from .drafts import Gathered, Role, begun
from .elements import Coding, Item, Node, all_codings, codings, malformed, node, nodes, text, words
from .events import bound, fields_of, is_bound, marks_in, wanting_why
from .timing import moment, on_or_before, timing

_FALSE = {"refuted": "it was refuted", "entered-in-error": "it was entered in error"}
_UNSURE = ("unconfirmed", "provisional", "differential")
_OVER = ("inactive", "resolved", "remission")


def read_condition(item: Item, subject: str, gathered: Gathered) -> None:
    """What a diagnosis says: by its code, its site, and the morphology that it names."""
    resource = item.resource
    everything = list(all_codings(resource))
    marks = marks_in(everything, gathered.bindings)
    status = {code for _, code in codings(node(resource, "verificationStatus"))}
    if marks and not status & _FALSE.keys():
        gathered.conditions[item.key] = gathered.conditions.get(item.key, frozenset()) | marks
    pairs = codings(resource.get("code"))
    sites = [pair for site in nodes(resource, "bodySite") for pair in codings(site)]
    morphologies = [pair for pair in everything if pair not in pairs]
    if not (is_bound("condition", everything, gathered) or is_bound("site", sites, gathered)):
        gathered.pass_over(item, pairs)
        return
    if not (marks or is_bound("condition", everything, gathered)):
        gathered.pass_over(item, pairs)  # a site alone, of a disease that nothing marks: of no interest
        return
    bad = malformed(resource)
    if bad:
        gathered.complain(item, subject, "malformed", f"{bad} has the wrong form")
        return
    for code, why in _FALSE.items():
        if code in status:
            gathered.complain(item, subject, code.replace("-", " "), why, words(resource.get("code")))
            return
    doubt = "the diagnosis is not confirmed" if status & set(_UNSURE) else ""
    found, wanting = bound("condition", [*pairs, *morphologies], marks, gathered)
    placed, unplaced = bound("site", sites, marks, gathered)
    for binding in _one_answer([*found, *placed], gathered, item, subject):
        _diagnosis(item, subject, binding, everything, doubt, gathered)
    if (wanting or unplaced) and not found and not placed:
        kind, why = wanting_why(wanting or unplaced)
        gathered.complain(item, subject, kind, why, words(resource.get("code")))


def _one_answer(found: list[Binding], gathered: Gathered, item: Item, subject: str) -> list[Binding]:
    """One binding a concept; where a diagnosis gives a concept two answers, none, and that is said."""
    chosen_by: dict[str, list[Binding]] = {}
    for binding in found:
        chosen_by.setdefault(binding.concept, []).append(binding)
    kept: list[Binding] = []
    for concept, bindings in chosen_by.items():
        if all(binding.sets == bindings[0].sets for binding in bindings):
            kept.append(bindings[0])
        elif gathered.vocabulary[concept].kind == "record":
            kept.extend(bindings)
        else:
            label = gathered.vocabulary[concept].label
            gathered.complain(item, subject, "codes disagree", f"its codes give different answers to {label}")
    return kept


def _diagnosis(
    item: Item, subject: str, binding: Binding, everything: list[Coding], doubt: str, gathered: Gathered
) -> None:
    resource = item.resource
    concept = gathered.vocabulary[binding.concept]
    shown = words(resource.get("code"))
    when, fault = _condition_when(resource)
    if fault:
        gathered.complain(item, subject, "unreadable date", fault, shown, held=True)
    if doubt:
        gathered.complain(item, subject, "doubtful", doubt, shown, held=True)
    fields = fields_of(binding, everything, gathered.bindings)
    value: Value | None = None
    role: Role = "hint"
    if concept.kind != "record":
        role, value, fields = "fact", chosen(binding.sets.get("", YES)), {}
        clinical = {code for _, code in codings(node(resource, "clinicalStatus"))}
        if not concept.once and (clinical & set(_OVER) or _abated(resource)):
            gathered.complain(item, subject, "no longer active", "the diagnosis is no longer active", shown)
            return
    draft = begun(role, binding.concept, item, subject)
    draft = draft._replace(value=value, fields=fields, when=when, reported=shown, doubt=doubt, rank=4)
    gathered.drafts.append(draft._replace(links=frozenset({item.key})))


def _abated(resource: Node) -> bool:
    return any(name.startswith("abatement") for name in resource)


def _condition_when(resource: Node) -> tuple[Span, str]:
    """From its onset; by the day on which it was recorded where no onset is given."""
    found = timing(resource, "onset")
    if found.stated:
        return (found.when if found.end is not None else moment(found)), found.fault
    recorded = on_or_before(text(resource, "recordedDate"))
    return recorded or ANY_DAY, found.fault


# ------------------------------------------------------------------ allergies
def read_allergy(item: Item, subject: str, gathered: Gathered) -> None:
    """An allergy to one of the substances, or the statement that there is none at all."""
    resource = item.resource
    pairs = codings(resource.get("code"))
    for reaction in nodes(resource, "reaction"):
        pairs += codings(reaction.get("substance"))
    found, _ = bound("allergy", pairs, frozenset(), gathered)
    if not found:
        gathered.pass_over(item, pairs, subject=subject)
        return
    bad = malformed(resource)
    status = {code for _, code in codings(node(resource, "verificationStatus"))}
    clinical = {code for _, code in codings(node(resource, "clinicalStatus"))}
    shown = words(resource.get("code"))
    refuted = next((why for code, why in _FALSE.items() if code in status), "")
    if bad or refuted:
        gathered.complain(
            item, subject, "malformed" if bad else "refuted", refuted or f"{bad} has the wrong form", shown
        )
        return
    if clinical & set(_OVER):
        gathered.complain(item, subject, "no longer active", "the allergy is no longer active", shown)
        return
    doubt = "the allergy is not confirmed" if "unconfirmed" in status else ""
    if doubt:
        gathered.complain(item, subject, "doubtful", doubt, shown, held=True)
    onset = timing(resource, "onset")
    recorded = read_span(text(resource, "recordedDate")) if text(resource, "recordedDate") else None
    for binding in found[:1]:
        answer = binding.sets.get("", YES)
        # A "no" holds on the day on which it was written down; a "yes" from its onset on.
        when = (recorded or ANY_DAY) if answer == NO or not onset.stated else onset.when
        draft = begun("fact", binding.concept, item, subject)
        gathered.drafts.append(draft._replace(value=chosen(answer), when=when, reported=shown, doubt=doubt))


# ------------------------------------------------------------------ consent
_CONSENT_GONE = ("inactive", "rejected")
_CONSENT_NOT_YET = ("draft", "proposed")


def read_consent(item: Item, subject: str, gathered: Gathered) -> None:
    """A consent to research; one that was withdrawn or refused says so."""
    resource = item.resource
    pairs = codings(resource.get("scope"))
    if not is_bound("consent", pairs, gathered):
        gathered.pass_over(item, pairs)
        return
    bad = malformed(resource)
    if bad:
        gathered.complain(item, subject, "malformed", f"{bad} has the wrong form")
        return
    everything = list(all_codings(resource))
    marks = marks_in(everything, gathered.bindings)
    found, wanting = bound("consent", pairs, marks, gathered)
    status = text(resource, "status")
    if wanting and not found:
        kind, why = wanting_why(wanting)
        gathered.complain(item, subject, kind, why, "consent")
        return
    if status == "entered-in-error" or status in _CONSENT_NOT_YET or status not in ("active", *_CONSENT_GONE):
        gathered.complain(
            item, subject, status.replace("-", " ") or "no status", f'its status is "{status}"', "consent"
        )
        return
    written = text(resource, "dateTime")
    when = read_span(written) if written else None
    if written and when is None:
        gathered.complain(item, subject, "unreadable date", f'"{written}" is no date', "consent", held=True)
    doubt = _consent_doubt(resource)
    if doubt:
        gathered.complain(item, subject, "doubtful", doubt, "consent", held=True)
    for binding in found:
        concept = gathered.vocabulary[binding.concept]
        fields = fields_of(binding, everything, gathered.bindings)
        if "withdrawn" in concept.fields:
            fields["withdrawn"] = chosen(YES if status in _CONSENT_GONE else NO)
        draft = begun("event", binding.concept, item, subject)
        draft = draft._replace(fields=fields, when=when or ANY_DAY, doubt=doubt, reported=f"consent, {status}")
        gathered.drafts.append(draft._replace(links=frozenset({item.key})))


def _consent_doubt(resource: Node) -> str:
    """Why an active consent may be none: what it provides for is to deny, or held for a time that is stated."""
    provision = node(resource, "provision")
    if text(provision, "type") == "deny":
        return "it denies, at least in part, what it is about: read it"
    end = text(node(provision, "period"), "end")
    return f"it holds only until {end}: whether it still stands, a person must say" if end else ""
