"""The table of verbs against the door: none forgotten, each told what its method takes, each example in good form."""

import inspect
import shlex

import click
import pytest

from equipoise.cli import main
from equipoise.cli.trial_verbs import BY_NAME, CHAPTERS, VERBS, Verb
from equipoise.trial import Trial

names = pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)


def test_every_verb_that_writes_is_in_the_table() -> None:
    """Whoever writes is decided on the newest entries, by which such a method is known."""
    methods = {name for name, method in inspect.getmembers(Trial, inspect.isfunction) if hasattr(method, "__wrapped__")}
    assert methods == {verb.method for verb in VERBS}
    assert len(BY_NAME) == len(VERBS)
    assert {verb.chapter for verb in VERBS} == set(CHAPTERS)


@names
def test_a_verb_is_told_what_its_method_takes(verb: Verb) -> None:
    _, by, *parameters = inspect.signature(getattr(Trial, verb.method)).parameters.values()
    assert by.name == "by"
    needed = {each.name: each.default is each.empty and each.kind is not each.VAR_POSITIONAL for each in parameters}
    if verb.name == "visit":
        needed["slot"] = False  # without one it is a visit that the schedule lacks
    assert needed == {told.name: told.needed for told in verb.told if not told.beside}


@names
def test_an_example_is_in_good_form(verb: Verb) -> None:
    trial = main.commands["trial"]
    assert isinstance(trial, click.Group)
    name, *words = shlex.split(verb.example)
    assert name == verb.name
    context = trial.commands[name].make_context(name, words)
    assert context.params["by"]


def test_the_help_lists_every_verb_with_its_whole_sentence() -> None:
    trial = main.commands["trial"]
    text = " ".join(trial.get_help(click.Context(trial, info_name="trial", max_content_width=100)).split())
    for verb in VERBS:
        assert f" {verb.name} {verb.help.split('. ')[0].rstrip('.')}" in text
