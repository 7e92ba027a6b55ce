"""Where a participant stands: the moves between, drawn and as a table; who may write what into the ledger."""

import html

from equipoise.participant.acts import ACTS, ROLES, Act
from equipoise.participant.moves import BEFORE_ENTRY, ENDED, IN_TRIAL, MOVES, NOT_ENTERED, Rule, Standing

from .markdown import code, page, plain, table

_WIDTH, _BOX, _TALL, _STEP = 640, 150, 32, 62
# The way through the trial goes down; what can end it stands beside.
_DOWN = (*BEFORE_ENTRY, *IN_TRIAL, Standing.COMPLETED)
_BESIDE = (Standing.WITHDRAWN, Standing.LOST, Standing.DEAD)


def participant() -> str:
    return page(
        "# Where a participant stands\n",
        "A person's standing is the fold of the ledger's entries about them. It changes only by the moves of this "
        "table; whatever is not in it is refused, with a sentence that says what comes first.\n",
        drawn(),
        "## The moves\n",
        table(["what happens", "from", "to"], [_move(rule) for rule in MOVES.values()]),
        "Somebody who was assessed and does not enter keeps their standing; the reason is one of "
        f"{', '.join(f'“{each}”' for each in NOT_ENTERED.values())} (CONSORT 2025). Whoever withdraws from the "
        "treatment only goes into follow-up and stays in the trial.\n",
        "## Who may write what {#acts}\n",
        "Every entry of the ledger is one of these kinds. Role and site come from the ledger itself: nobody can claim "
        "another's. A kind without a mark for a role is refused to it, at every door alike.\n",
        table(
            ["kind", "what it says", *(role.replace("_", " ") for role in ROLES)], [_act(act) for act in ACTS.values()]
        ),
        "R: only with a reason. Whoever belongs to a site writes only about people of that site.\n",
    )


def _move(rule: Rule) -> list[str]:
    every = len(rule.come_from) == len(Standing) - 1
    come_from = "anywhere" if every else ", ".join(each.value for each in rule.come_from)
    return [plain(rule.label), plain(come_from), plain(rule.to.value if rule.to else "stays where they are")]


def _act(act: Act) -> list[str]:
    mark = "R" if act.reason else "✓"
    return [code(act.kind), plain(act.label), *(mark if role in act.who else "" for role in ROLES)]


def drawn() -> str:
    """The standings as boxes, the moves as arrows: one SVG within the page."""
    places = {each: (40, 20 + number * _STEP) for number, each in enumerate(_DOWN)}
    places |= {each: (430, 20 + (3 + 2 * number) * _STEP) for number, each in enumerate(_BESIDE)}
    height = 20 + len(_DOWN) * _STEP
    arrows = [
        _arrow(places[start], places[rule.to], rule.label)
        for rule in MOVES.values()
        if rule.to is not None and rule.to not in _BESIDE
        for start in rule.come_from
        if start is not rule.to and _DOWN.index(rule.to) - (_DOWN.index(start) if start in _DOWN else 99) == 1
    ]
    beside = [_note(places[rule.to], rule) for rule in MOVES.values() if rule.to in _BESIDE]
    boxes = [_box(place, each) for each, place in places.items()]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="The standings of a participant and the moves '
        'between them, as in the table below" style="max-width:40rem;font:13px sans-serif">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="currentColor"/></marker></defs>'
        f"{''.join([*arrows, *boxes, *beside])}</svg>\n"
    )


def _box(place: tuple[int, int], standing: Standing) -> str:
    x, y = place
    heavy = 2.5 if standing in IN_TRIAL else 1
    dashed = ' stroke-dasharray="5 3"' if standing in ENDED else ""
    return (
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_TALL}" rx="6" fill="none" stroke="currentColor" '
        f'stroke-width="{heavy}"{dashed}/><text x="{x + _BOX / 2}" y="{y + 21}" text-anchor="middle" '
        f'fill="currentColor">{html.escape(standing.value)}</text>'
    )


def _arrow(start: tuple[int, int], end: tuple[int, int], label: str) -> str:
    x, y = start[0] + _BOX / 2, start[1] + _TALL
    return (
        f'<path d="M{x} {y}V{end[1] - 2}" stroke="currentColor" fill="none" marker-end="url(#tip)"/>'
        f'<text x="{x + 8}" y="{(y + end[1]) / 2 + 4}" fill="currentColor" font-size="11">{html.escape(label)}</text>'
    )


def _note(place: tuple[int, int], rule: Rule) -> str:
    """What leads to a standing beside the way, said under its box: an arrow from each would hide the rest."""
    x, y = place
    told = "from anywhere" if len(rule.come_from) > len(_DOWN) else "from any standing in the trial"
    if any(each in BEFORE_ENTRY for each in rule.come_from) and len(rule.come_from) <= len(_DOWN):
        told = "before entry, and from the trial"
    return (
        f'<text x="{x + _BOX / 2}" y="{y + _TALL + 15}" text-anchor="middle" fill="currentColor" font-size="11">'
        f"{html.escape(rule.label)}: {told}</text>"
    )
