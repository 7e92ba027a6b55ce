"""Who went where, as a table: the boxes of the flow diagram with their numbers."""

from ...conduct.flow_boxes import PHASES
from .cut import ASSESSED, Cut
from .table import Column, Table, cell, row


def flow_table(cut: Cut) -> Table:
    """One row for each box of the diagram that anybody is in, and for its parts."""
    names = {arm.arm: arm.label for arm in cut.flow.arms}
    rows = [
        row(box.label, cell(names.get(arm, "")), cell(PHASES[phase]), cell(box.count), deep=depth)
        for phase, arm, first in cut.flow.boxes
        for depth, box in first.walk()
        if box.count or not depth
    ]
    columns = (
        Column("box", "People", False), Column("arm", "Arm", False), Column("phase", "Phase", False),
        Column("number", "Number"),
    )  # fmt: skip
    return Table("flow", "Flow of participants", ASSESSED, cut.stamp, columns, tuple(rows))
