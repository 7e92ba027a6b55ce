"""The commands. The only place that asks the clock."""

import click

from ..report.shell import Commands
from .accrual import accrual
from .compare import compare
from .design import design
from .dose import activity, dose
from .flow import deviations, flow
from .funnel import funnel
from .ledger import ledger
from .load import load
from .monitor import monitor
from .people import people
from .randomisation import randomisation
from .records import explain, screen
from .rehearse import rehearse
from .report import report
from .safety import safety
from .simulate import simulate
from .story import story
from .trial import trial
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


for _command in (
    load, screen, explain, funnel, worklist, accrual, design, compare, show, check, template, people, ledger, safety,
    dose, activity, randomisation, trial, flow, deviations, rehearse, story, simulate, report, monitor,
):  # fmt: skip
    main.add_command(_command)
