"""How a figure of the report is drawn: as part of the page that has its styles, or as a file with styles of its own."""

from typing import Any, Final

from ..story_drawing import Frame, filled, template_text

STYLES: Final = ("story_figures.css", "analysis_figures.css")


def drawn(template: str, frame: Frame, alone: bool, **values: Any) -> str:
    """The figure as SVG. alone: as a file, with its styles; else for a page that has them."""
    return filled(template, frame=frame, alone=alone, style="\n".join(template_text(name) for name in STYLES), **values)
