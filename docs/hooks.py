"""Writes the reference pages from the package itself when the site is built; nothing is written to disk.

To add a page: write a function in docs/pages that returns its Markdown, and put it into PAGES.
"""

from collections.abc import Callable

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pages import (
    analysis,
    cases,
    commands,
    concepts,
    criteria,
    dosing,
    known,
    named,
    participant,
    requirements,
    rule_language,
    safety,
    schedule,
)

from equipoise.protocol.load import load_trial

NELMAS = load_trial("nelmas")

# ---- the table of pages, in the order of the nav

PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    "reference/commands.md": ("Commands", commands.commands),
    "reference/rule-language.md": ("The rule language", lambda: rule_language.rule_language(NELMAS)),
    "reference/concepts.md": ("Concepts", lambda: concepts.concepts(NELMAS)),
    "reference/nelmas-criteria.md": ("NELMAS: criteria", lambda: criteria.criteria(NELMAS)),
    "reference/nelmas-cases.md": ("NELMAS: worked cases", lambda: cases.cases(NELMAS)),
    "reference/nelmas-ambiguous.md": ("NELMAS: open questions", lambda: cases.ambiguous(NELMAS)),
    "reference/nelmas-people.md": ("NELMAS: whole people", lambda: cases.people(NELMAS)),
    "reference/nelmas-schedule.md": ("NELMAS: visits", lambda: schedule.schedule(NELMAS)),
    "reference/nelmas-dosing.md": ("NELMAS: doses", lambda: dosing.dosing(NELMAS)),
    "reference/nelmas-safety.md": ("NELMAS: safety", lambda: safety.safety(NELMAS)),
    "reference/nelmas-analysis.md": ("NELMAS: analysis", lambda: analysis.analysis(NELMAS)),
    "reference/participant.md": ("Participants and entries", participant.participant),
    "reference/requirements.md": ("Requirements and their tests", requirements.requirements),
    "reference/nelmas-known.md": ("NELMAS: what is known", lambda: known.known(NELMAS)),
}


# ---- called by MkDocs


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    reference = {"Reference": [{title: path} for path, (title, _) in PAGES.items()]}
    how_to = next(place for place, entry in enumerate(config.nav) if "How to" in entry)
    config.nav.insert(how_to + 1, reference)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for path, (_, write) in PAGES.items():
        files.append(File.generated(config, path, content=write()))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """A page that names a test which is not there does not build."""
    missing = named.missing_tests(markdown)
    if missing:
        raise PluginError(f"{page.file.src_uri} names what is not there: {', '.join(missing)}")
    return markdown
