"""What is told beside a dose decision and never changes it: what to heed around the infusion, and all sources."""

from ..protocol.doses import ADVISED
from .dosing import DoseDecision
from .ruling import flags_of


def advice_of(decision: DoseDecision) -> tuple[str, ...]:
    """What the trial advises around the infusion of this cycle, a sentence each; nothing while no dose may be given."""
    if decision.level is None:
        return ()
    return tuple(
        " ".join((f"{ADVISED[each.when]}: {each.message}", *_flags(flags_of(each, decision.trial.acronym))))
        for each in decision.trial.treatment.advice
        if decision.cycle.number in each.cycles
    )


def sources_of(decision: DoseDecision) -> tuple[str, ...]:
    """Where the numbers come from that are shown: of the days, of the rules and warnings that hold, of the advice."""
    cycle, advice = decision.cycle, decision.trial.treatment.advice if decision.level is not None else ()
    told = [(f"the days of dose {cycle.number}", cycle.source)]
    told += [(each.id, each.item.source) for each in (*decision.fired, *decision.undecided, *decision.notices)]
    told += [(each.id, each.source) for each in advice if cycle.number in each.cycles]
    by_source: dict[str, list[str]] = {}
    for name, source in told:
        if source:
            by_source.setdefault(source, []).append(name)
    return tuple(f"{', '.join(dict.fromkeys(names))}: {source}" for source, names in by_source.items())


def _flags(flags: tuple[str, ...]) -> tuple[str, ...]:
    return (f"[{'; '.join(flags)}]",) if flags else ()
