"""How much to draw: the activity that is left at the time of infusion, and the volume that holds what is prescribed.

A(t) = A0 x 2^(-t / T), with t from calibration to infusion and T the half-life. Numbers are decimals of 40 digits;
they are rounded only in sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Final

from ..faults import Fault
from ..protocol.doses import Level
from ..protocol.product import Product, Sourced
from ..quantities import Quantity, converted, exactly, rounded

_EXACT: Final = Context(prec=40)
_HOURS_A_DAY: Final = Decimal(24)
_SECONDS_AN_HOUR: Final = Decimal(3600)
_LN2: Final = _EXACT.ln(2)


@dataclass(frozen=True, slots=True)
class Draw:
    """What to draw from a vial for one infusion. Numbers are exact to 40 digits.

    hours: from calibration to infusion; negative before calibration. left: the share of the calibrated activity that
    is left (above 1 before calibration). concentration: MBq/mL at the time of infusion. volume: mL.
    remarks: what a person must know beside the volume, a sentence each.
    """

    prescribed: Quantity
    calibrated_at: datetime
    infusion_at: datetime
    hours: Decimal
    left: Decimal
    concentration: Quantity
    volume: Quantity
    remarks: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The answer for a person, rounded to a tenth of a millilitre."""
        percent = _tenth(_EXACT.multiply(self.left, 100))
        return (
            f"Draw {_tenth(_number(self.volume))} mL for {self.prescribed}: {_hours_text(self.hours)}, at "
            f"{_stamp(self.infusion_at)}, {percent} % of the calibrated activity is there "
            f"({_tenth(_number(self.concentration))} MBq/mL)."
        )

    def as_dict(self) -> dict[str, str | list[str]]:
        """The draw as texts, as a ledger keeps it: no floats."""
        return {
            "prescribed": str(self.prescribed),
            "calibrated_at": _stamp(self.calibrated_at),
            "infusion_at": _stamp(self.infusion_at),
            "hours": str(self.hours),
            "left": str(self.left),
            "concentration": str(self.concentration),
            "volume": str(self.volume),
            "remarks": list(self.remarks),
        }


def share_left(half_life: Quantity, hours: Decimal) -> Decimal:
    """The share of the activity that is left after so many hours; of negative hours, how much more there was."""
    days = _EXACT.divide(hours, _HOURS_A_DAY)
    return _EXACT.power(2, _EXACT.minus(_EXACT.divide(days, _number(_in(half_life, "d")))))


def volume_for(
    level: Level, product: Product, calibrated_at: datetime, infusion_at: datetime, vial: Quantity | None = None
) -> Draw:
    """The volume that holds the level's activity at the time of infusion.

    A whole vial is made for its activity, so its volume has to lie in the vial's range, both ends included. Of a lower
    level a part is drawn: no volume is too small, and the most is what the vial holds (`vial`, where it is known, else
    the most that any vial holds). Times carry a time zone. Raises Fault when no such volume can be drawn.
    """
    hours = hours_between(calibrated_at, infusion_at)
    left = share_left(product.half_life.value, hours)
    concentration = _EXACT.multiply(_number(product.concentration.value), left)
    volume = _EXACT.divide(_number(_in(level.activity, "MBq")), concentration)
    _check_volume(volume, level, product, calibrated_at, vial)
    return Draw(
        prescribed=level.activity,
        calibrated_at=calibrated_at.astimezone(UTC),
        infusion_at=infusion_at.astimezone(UTC),
        hours=hours,
        left=left,
        concentration=exactly(concentration, "MBq/mL"),
        volume=exactly(volume, "mL"),
        remarks=tuple(_remarks(hours, level, product)),
    )


def infusion_times(level: Level, product: Product, calibrated_at: datetime) -> tuple[datetime, datetime] | None:
    """From when to when, to the whole minute, a vial of that calibration holds the level; None of a part of a vial."""
    if not level.whole_vial:
        return None
    first, last = (_hours_until(_number(limit.value), level, product) for limit in (product.least, product.most))
    start = calibrated_at.astimezone(UTC)
    return _later(start, first, ROUND_CEILING), _later(start, last, ROUND_FLOOR)


def hours_between(calibrated_at: datetime, infusion_at: datetime) -> Decimal:
    """Hours from calibration to infusion, across time zones and clock changes. Raises Fault without a time zone."""
    for name, moment in (("calibration", calibrated_at), ("infusion", infusion_at)):
        if moment.tzinfo is None:
            raise Fault(
                f"The time of {name}, {moment.isoformat()}, has no time zone: write 2026-05-01T06:00Z or +02:00."
            )
    microseconds = (infusion_at - calibrated_at) // timedelta(microseconds=1)
    return _EXACT.divide(Decimal(microseconds), _SECONDS_AN_HOUR * 1_000_000)


# ---------------------------------------------------------------- limits
def _check_volume(
    volume: Decimal, level: Level, product: Product, calibrated_at: datetime, vial: Quantity | None
) -> None:
    least, most = _number(product.least.value), _number(product.most.value)
    held = None if vial is None else _number(_in(vial, "mL"))
    shown = f"{volume:.3f}"
    if held is not None and volume > held:
        raise Fault(f"{level.activity} would need {shown} mL, but the vial holds {vial}: order another vial.")
    if level.whole_vial and not least <= volume <= most:
        times = infusion_times(level, product, calibrated_at)
        assert times is not None
        raise Fault(
            f"{level.activity} would need {shown} mL, outside the {least:f} to {most:f} mL of a vial: this vial is for "
            f"an infusion from {_stamp(times[0])} to {_stamp(times[1])}; order one for the time of this infusion."
        )
    if volume > most:
        raise Fault(f"{level.activity} would need {shown} mL, more than a vial of {most:f} mL holds: order another.")


def _remarks(hours: Decimal, level: Level, product: Product) -> Sequence[str]:
    found: list[str] = []
    if hours < 0:
        found.append(
            "The infusion lies before the time of calibration: there is more activity in a millilitre than the label "
            "states, and the volume is smaller for it."
        )
    if not level.whole_vial:
        found.append("This is a part of a vial: draw it into a syringe, measure it, and discard the rest as waste.")
    shelf = product.shelf_life
    if shelf is not None:
        past = hours > _number(_in(shelf.value, "h"))
        where = "is past" if past else "is within"
        check = "Do not use it unless its own label allows." if past else "The vial's own label decides."
        found.append(f"The infusion {where} {shelf.value} after calibration{_flag(shelf)}. {check}")
    return found


def _flag(number: Sourced) -> str:
    return " (this shelf life is unverified)" if number.unverified else ""


def _hours_until(volume: Decimal, level: Level, product: Product) -> Decimal:
    """The hours after calibration at which the level fills this volume: T x log2(volume x concentration / activity)."""
    full = _EXACT.multiply(volume, _number(product.concentration.value))
    ratio = _EXACT.divide(full, _number(_in(level.activity, "MBq")))
    doublings = _EXACT.divide(_EXACT.ln(ratio), _LN2)
    half_life = _EXACT.multiply(_number(_in(product.half_life.value, "d")), _HOURS_A_DAY)
    return _EXACT.multiply(half_life, doublings)


def _later(start: datetime, hours: Decimal, how: str) -> datetime:
    """So many hours later, to the whole minute, rounded towards the inside of the time allowed."""
    minutes = (start - start.replace(second=0, microsecond=0)) / timedelta(minutes=1)
    whole = (hours * 60 + Decimal(minutes)).to_integral_value(how)
    return start.replace(second=0, microsecond=0) + timedelta(minutes=int(whole))


# ---------------------------------------------------------------- numbers and words
def _in(quantity: Quantity, unit: str) -> Quantity:
    into = converted(quantity, unit)
    if into is None:
        raise Fault(f"{quantity} cannot be converted into {unit}.")
    return into


def _number(quantity: Quantity) -> Decimal:
    if quantity.lo is None or quantity.lo != quantity.hi:
        raise Fault(f"{quantity} is not one number.")
    return quantity.lo


def _tenth(number: Decimal) -> str:
    return f"{number:.1f}"


def _hours_text(hours: Decimal) -> str:
    about = rounded(exactly(abs(hours), "h"))
    return f"{about} {'before' if hours < 0 else 'after'} calibration"


def _stamp(moment: datetime) -> str:
    """2026-05-02T10:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
