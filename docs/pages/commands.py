"""Every command with the help text that `--help` prints."""

from collections.abc import Iterator

import click

from equipoise.cli import main

from .markdown import page


def commands() -> str:
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in help_texts("equipoise", main, None)]
    return page("# Commands\n", *sections)


def help_texts(name: str, command: click.Command, above: click.Context | None) -> Iterator[tuple[str, str]]:
    """The command's own name and help text, then those of the commands below it."""
    context = click.Context(command, info_name=name.split()[-1], parent=above, max_content_width=100)
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            child = command.get_command(context, word)
            if child is not None and not child.hidden:
                yield from help_texts(f"{name} {word}", child, context)
