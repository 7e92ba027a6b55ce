"""Everything that the funnel can say of one cohort on one day, counted in one pass over its people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from ..protocol.model import Protocol
from ..rules.nodes import Moment
from .funnel import Counts, Funnel, Pattern, joined
from .funnel_moves import Curve, Moved, Sweep, Variant, moved
from .funnel_people import MONTH, SITE, Evaluate, Wanted, wanted


@dataclass(frozen=True, slots=True)
class Survey:
    """A cohort, surveyed.

    wanted: for want of what people are undetermined; None where whoever judged them cannot tell. wanted_of: how many
    people that is about. moment: by whose month
    they are told apart; None for by none. assumed: concepts that were declared complete. synthetic: the records say of
    themselves that their people are made up.
    """

    trial: Protocol = field(repr=False)
    on: date
    funnel: Funnel
    wanted: tuple[Wanted, ...] | None = None
    wanted_of: int = 0
    moves: tuple[Moved, ...] = ()
    curves: tuple[Curve, ...] = ()
    moment: Moment | None = None
    assumed: tuple[str, ...] = ()
    synthetic: bool = False

    @property
    def counts(self) -> Counts:
        return self.funnel.counts

    @property
    def sites(self) -> dict[str, Counts]:
        """The counts of each site ("": not on record); none where no site is on record."""
        found = {site: counts for (site,), counts in self.funnel.by(SITE).items()}
        return found if any(found) else {}

    @property
    def months(self) -> dict[str, Counts]:
        """The counts of each month of the moment ("2026-05"; "": not on record, or not to the month)."""
        return {month: counts for (month,), counts in self.funnel.by(MONTH).items()} if self.moment else {}

    @property
    def site_months(self) -> dict[tuple[str, str], Counts]:
        """The counts of each site in each month, where both are told apart."""
        return self.funnel.by(SITE, MONTH) if self.sites and self.moment else {}  # pyright: ignore[reportReturnType]


def survey(
    trial: Protocol,
    on: date,
    evaluate: Evaluate,
    moves: Sequence[Variant] = (),
    sweeps: Sequence[Sweep] = (),
    moment: Moment | None = None,
    assumed: Sequence[str] = (),
    synthetic: bool = False,
) -> Survey:
    """Judges everybody once, by the trial's criteria and by all the variants beside them, and counts."""
    variants = [*moves, *(variant for sweep in sweeps for variant in sweep.variants)]
    tally = evaluate([variant.criterion for variant in variants])
    number = len(trial.criteria)
    found = moved(tally.patterns, trial.criteria, variants)
    curves: list[Curve] = []
    done = len(moves)
    for sweep in sweeps:
        curves.append(Curve(sweep, tuple(found[done : done + len(sweep.variants)])))
        done += len(sweep.variants)
    base = joined(Pattern(each.truths[:number], each.group, each.people) for each in tally.patterns)
    wanting = tally.wanting or ()
    return Survey(
        trial,
        on,
        Funnel(trial.criteria, base),
        None if tally.wanting is None else wanted(wanting),
        sum(each.people for each in wanting),
        tuple(found[: len(moves)]),
        tuple(curves),
        moment,
        tuple(assumed),
        synthetic,
    )
