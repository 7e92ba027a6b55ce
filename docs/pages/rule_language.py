"""The rule language: every node with an example in the words of NELMAS; then examples with facts and answers."""

import inspect
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from equipoise.protocol.model import Protocol
from equipoise.rules import nodes
from equipoise.rules.grammar import Language, parse
from equipoise.rules.nodes import NODE_TYPES, SELECTORS, Look, Rule, every_rule
from equipoise.rules.prose import fact_text, says
from equipoise.truth import AND, NOT, OR, Truth

from .markdown import code, page, plain, table

ROOT = Path(__file__).resolve().parent.parent.parent

# Of each node type one example or several. A node type without one fails the build, and so does an example without it.
EXAMPLES: Mapping[type, tuple[str, ...]] = {
    nodes.Compare: ("haemoglobin < 5.0 mmol/L (8.0 g/dL)", "bilirubin > 3 x ULN", "highest pathology.ki67 < 20 %"),
    nodes.Is: (
        "primary_site in [stomach, pancreas]",
        "latest mri_liver where extrahepatic includes primary_in_situ",
    ),
    nodes.Normal: ("coagulation is normal",),
    nodes.Recorded: (
        "primary_resection on or before liver_resection",
        "latest liver_resection where residual in [R0, R1] and histology_confirmed is yes",
        "any anticancer_treatment where kind is liver_directed and not (dated on liver_resection)",
    ),
    nodes.Count: ("count of anticancer_treatment where kind is chemotherapy >= 2",),
    nodes.Elapsed: ("less than 4 weeks since liver_resection", "less than 4 weeks since any anticancer_treatment"),
    nodes.Age: ("age >= 18 years at first_consent or today",),
    nodes.Change: (
        "creatinine rises >= 40 % from first_consent",
        "creatinine_clearance falls >= 40 % from first_dose",  # computed of what was known then
    ),
    nodes.Grade: ("platelets grade >= 2",),
    nodes.Not: ("pregnancy is yes and not (sex is male)", "no first_study_procedure before first_consent"),
    nodes.AllOf: ("pathology.histology is NET and pathology.differentiation is well",),
    nodes.AnyOf: ("creatinine > 1.7 mg/dL or creatinine_clearance < 40 mL/min",),
    nodes.Unless: ("albumin < 3.0 g/dL unless coagulation is normal",),
}

SELECTED: Mapping[str, str] = {
    "latest": "haemoglobin < 8.0 g/dL",
    "first": "first haemoglobin < 8.0 g/dL",
    "highest": "highest pathology.grade in [G1, G2]",
    "lowest": "lowest platelets < 75 10*9/L",
    "any": "any pathology where grade is G3 or histology is NEC",
    "every": "every haemoglobin within 4 weeks before today >= 8.0 g/dL",
}

# What an author wants to say, and a rule that says it.
SAYINGS: tuple[tuple[str, str], ...] = (
    ("a value against a limit", "haemoglobin < 8.0 g/dL"),
    ("the same limit in two units", "haemoglobin < 5.0 mmol/L (8.0 g/dL)"),
    ("a multiple of the laboratory's own limit", "bilirubin > 3 x ULN"),
    ("within the laboratory's own range", "prothrombin_time is normal"),
    ("an answer", "sex is female"),
    ("one of several answers", "primary_site in [stomach, pancreas]"),
    ("an answer that may hold several", "mri_liver.extrahepatic includes other"),
    ("a field of a record", "highest pathology.ki67 < 20 %"),
    ("several fields of the same record", "any sstr_pet where liver is metastases and tracer is Ga68_DOTATATE"),
    (
        "a field, and another concept beside it",
        "any sstr_pet where (liver is metastases and sstr_tracer_accepted is yes)",
    ),
    ("a window", "haemoglobin within 2 weeks before today < 8.0 g/dL"),
    ("a window without the day itself", "any mri_liver 1 day to 6 weeks before liver_resection"),
    ("a window from one moment to another", "any haemoglobin between first_consent and today < 8.0 g/dL"),
    ("before, and on or before", "any sstr_pet before first_consent or any mri_liver on or before first_consent"),
    ("after", "any anticancer_treatment after liver_resection"),
    ("on the same day", "any anticancer_treatment on liver_resection"),
    ("around a day", "any sstr_pet within 3 days of mri_liver"),
    ("time since", "less than 4 weeks since liver_resection"),
    ("time until", "at least 2 weeks until liver_resection"),
    ("age today, at a moment, or today while there is none", "age >= 18 years at first_consent or today"),
    ("how many", "count of anticancer_treatment within 12 months before today >= 2"),
    ("against a baseline", "creatinine rises >= 40 % from first_consent"),
    ("by the trial's grading table", "platelets grade >= 2"),
    ("that there is such a fact", "death is recorded"),
    ("that there is none", "no first_study_procedure before first_consent"),
    ("both, either, not", "pregnancy is yes and not (sex is male or sex is other)"),
    ("A and not B", "albumin < 3.0 g/dL unless coagulation is normal"),
)


def rule_language(trial: Protocol) -> str:
    language = Language(
        trial.vocabulary, trial.moments, {name: grading.steps for name, grading in trial.gradings.items()}
    )
    return page(
        "# The rule language\n",
        "One line of text says one rule, in words of [the vocabulary](concepts.md). It is read into a closed set of "
        "nodes, listed here whole; nothing that a rule says is ever run as code. The English beside each rule is what "
        "the program itself says of it.\n",
        "## What you want to say\n",
        _sayings(language),
        "`and`, `or` and `unless` do not mix without parentheses. Both ends of a window count. In a `where`, a bare "
        "condition speaks of the record's fields; a condition in parentheses may speak of other concepts too. A word "
        "that is not in the vocabulary is an error with the nearest words, never an unknown.\n",
        "## Nodes\n",
        *(_node(each, language) for each in NODE_TYPES),
        "## Which of several facts\n",
        _selectors(language),
        "## Joining truths\n",
        "Three truths, joined by Kleene's strong tables: unknown stays unknown until something else settles it.\n",
        _truth_tables(),
        "## By examples\n",
        *_examples(),
    )


# ---------------------------------------------------------------- nodes
def _node(node: type, language: Language) -> str:
    if node not in EXAMPLES:
        raise KeyError(f"docs/pages/rule_language.py: the node type {node.__name__} has no example")
    for text in EXAMPLES[node]:
        if not any(isinstance(part, node) for part in every_rule(parse(text, language))):
            raise ValueError(f"docs/pages/rule_language.py: {text!r} is no example of {node.__name__}")
    return page(f"### {node.__name__}\n", _docstring(node), _worded(EXAMPLES[node], language))


def _docstring(node: type) -> str:
    """What the node's author says of it; dataclasses without a word of their own have only their signature."""
    text = inspect.getdoc(node) or ""
    return "" if text.startswith(f"{node.__name__}(") else text + "\n"


def _worded(texts: Iterable[str], language: Language) -> str:
    rows = [[code(text), plain(says(parse(text, language), language.vocabulary))] for text in texts]
    return table(["rule", "in words"], rows)


def _sayings(language: Language) -> str:
    rows = [
        [plain(want), code(text), plain(says(parse(text, language), language.vocabulary))] for want, text in SAYINGS
    ]
    return table(["to say", "write", "in words"], rows)


def _selectors(language: Language) -> str:
    if set(SELECTED) != set(SELECTORS):
        raise KeyError(f"docs/pages/rule_language.py: selectors are {', '.join(SELECTORS)}")
    rows = []
    for selector, text in SELECTED.items():
        rule = parse(text, language)
        if selector not in {look.selector for look in _looks(rule)}:
            raise ValueError(f"docs/pages/rule_language.py: {text!r} does not select {selector}")
        rows.append([code(selector), code(text), plain(says(rule, language.vocabulary))])
    return table(["word", "rule", "in words"], rows)


def _looks(rule: Rule) -> Iterable[Look]:
    return (node.look for node in every_rule(rule) if hasattr(node, "look"))


# ---------------------------------------------------------------- truths
def _truth_tables() -> str:
    pairs = [[one.value, other.value, AND[one, other].value, OR[one, other].value] for one in Truth for other in Truth]
    return page(
        table(["A", "B", "A and B", "A or B"], pairs),
        table(["A", "not A"], [[truth.value, NOT[truth].value] for truth in Truth]),
    )


# ---------------------------------------------------------------- the examples that the tests hold
def _examples() -> list[str]:
    """The examples of tests/spec, over the vocabulary of the tests."""
    spec, vocabulary = _spec()
    parts = [
        "Each is a test. Every question is asked on 1 June 2026, in the words of the tests' own small vocabulary.\n"
    ]
    for topic, them in spec.items():
        rows = [
            [
                code(example.rule),
                "<br>".join([*(plain(fact_text(fact, vocabulary)) for fact in example.given), *_declared(example)])
                or "nothing",
                _truth_text(example.truth),
                plain(example.because),
            ]
            for example in them
        ]
        parts.append(page(f"### {topic.capitalize()}\n", table(["rule", "on record", "truth", "because"], rows)))
    return parts


def _declared(example: Any) -> list[str]:
    return [f"declared complete: {code(name)}" for name in example.complete]


def _truth_text(stated: str) -> str:
    truth, _, reason = stated.partition(" ")
    return f"**{truth.lower()}**" + (f" ({reason})" if reason else "")


def _spec() -> tuple[Mapping[str, Any], Any]:
    sys.path.insert(0, str(ROOT))
    try:
        from tests.asking import WORDS
        from tests.spec.test_rule_language import EXAMPLES as SPEC
    finally:
        sys.path.remove(str(ROOT))
    return SPEC, WORDS
