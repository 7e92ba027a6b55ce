"""Writes the reference pages from the package itself when the site is built.

To add a page: write a function that returns its Markdown, and put it into PAGES. Nothing is written to disk.
"""

from collections.abc import Callable, Iterator

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from equipoise.cli import main

# ---- the commands


def commands() -> str:
    """Every command with the help text that `--help` prints."""
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in help_texts("equipoise", main, None)]
    return "\n".join(["# Commands\n", *sections])


def help_texts(name: str, command: click.Command, above: click.Context | None) -> Iterator[tuple[str, str]]:
    """The command's own name and help text, then those of the commands below it."""
    context = click.Context(command, info_name=name.split()[-1], parent=above, max_content_width=100)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            child = command.get_command(context, word)
            if child is not None and not child.hidden:
                yield from help_texts(f"{name} {word}", child, context)


# ---- the table of pages, in the order of the nav

PAGES: dict[str, tuple[str, Callable[[], str]]] = {
    # "reference/nelmas-criteria.md": ("NELMAS: criteria", nelmas_criteria),
    # "reference/nelmas-cases.md": ("NELMAS: worked patients", nelmas_cases),
    # "reference/rule-language-nodes.md": ("The rule language", rule_language_nodes),
    # "reference/concepts.md": ("Concepts", concepts),
    "reference/commands.md": ("Commands", commands),
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
