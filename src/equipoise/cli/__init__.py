"""The commands. The only place that asks the clock."""

import click

from ..report.shell import Commands
from .accrual import accrual
from .funnel import funnel
from .load import load
from .people import people
from .records import explain, screen
from .trials import check, show, template
from .worklist import worklist


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="equipoise", message="Equipoise %(version)s")
def main() -> None:
    """Who may enter a clinical trial, why, and until when that holds.

    TRIAL is the name of a trial that comes with Equipoise (nelmas), or the folder of your own. PATH is a FHIR R4 file
    (.json, .ndjson), a sheet (.csv, .tsv, .xlsx), or a folder of them. Nothing leaves your machine.

    Equipoise is research software: it supports an investigator's judgement and never replaces it.
    """


for _command in (load, screen, explain, funnel, worklist, accrual, show, check, template, people):
    main.add_command(_command)
