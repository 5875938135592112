"""When an invoice is to be paid: due dates, instalments and early-payment discounts.

Pure arithmetic over what was agreed; nothing here reads or writes the database.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from o2c.kernel.money import ZERO, round_money
from o2c.kernel.working_days import next_working_day

Basis = Literal["net", "end_of_month", "day_of_month", "prepayment"]
MONTHS = 12
ONE = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Step:
    """An early-payment discount: `rate` of the whole, as a fraction, within `days` of issue."""

    days: int
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Instalment:
    """A share of the whole, as a fraction; all shares add up to 1."""

    days: int
    share: Decimal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What was agreed about paying.

    net: `net_days` after issue. end_of_month: `net_days` after the end of the month that is
    reached `days_before` after issue. day_of_month: the next such day on or after that, and
    `months_ahead` later; where a month is shorter, its last day. prepayment: when issued.
    The days of an instalment come in the place of `net_days` for net terms, and before the
    end or the day of the month is sought for the others.
    """

    basis: Basis = "net"
    net_days: int = 0
    days_before: int = 0
    day_of_month: int = 0
    months_ahead: int = 0
    moves_to_working_day: bool = False
    instalments: Sequence[Instalment] = ()
    discounts: Sequence[Step] = ()


@dataclass(frozen=True, kw_only=True)
class Due:
    """One amount that is due on a day; `number` counts from 1."""

    number: int
    due_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Who pays by `until` may take `amount` off."""

    until: date
    rate: Decimal
    amount: Decimal


def schedule(
    terms: Terms, *, gross: Decimal, issued_on: date, currency: str, country: str
) -> list[Due]:
    """Return what is due when, in the order of the dates; the amounts add up to `gross` exactly.

    Shares are rounded to the currency's minor unit and the last takes the rest; a share that
    rounds to nothing is left out, so a small invoice has fewer instalments. `country` is where
    the company works: its holidays move due dates.

    Raises:
        ValueError: `gross` is negative: what is owed to a customer has no schedule.
    """
    if gross < ZERO:
        raise ValueError(f"{gross=} must not be negative")
    parts = sorted(terms.instalments, key=lambda part: part.days)
    if not parts:
        due_on = due_date(terms, issued_on=issued_on, country=country)
        return [Due(number=1, due_on=due_on, amount=gross)]
    amounts = _shared(gross, [part.share for part in parts], currency)
    due = [
        (due_date(terms, issued_on=issued_on, country=country, part=part), amount)
        for part, amount in zip(parts, amounts, strict=True)
    ]
    kept = [entry for entry in due if entry[1]] or due[-1:]
    return [
        Due(number=number, due_on=due_on, amount=amount)
        for number, (due_on, amount) in enumerate(kept, start=1)
    ]


def due_date(
    terms: Terms, *, issued_on: date, country: str, part: Instalment | None = None
) -> date:
    """Return the day on which an invoice, or one instalment of it, is due."""
    day = _agreed_day(terms, issued_on, part)
    return next_working_day(day, country=country) if terms.moves_to_working_day else day


def offers(
    terms: Terms, *, gross: Decimal, issued_on: date, currency: str, country: str
) -> list[Offer]:
    """Return what may be taken off for paying early, the best offer first."""
    found = []
    for step in sorted(terms.discounts, key=lambda step: step.days):
        until = issued_on + timedelta(days=step.days)
        if terms.moves_to_working_day:
            until = next_working_day(until, country=country)
        amount = round_money(gross * step.rate, currency)
        found.append(Offer(until=until, rate=step.rate, amount=amount))
    return [offer for offer in found if offer.amount]


def _agreed_day(terms: Terms, issued_on: date, part: Instalment | None) -> date:
    if terms.basis == "prepayment":
        return issued_on
    if terms.basis == "net":
        return issued_on + timedelta(days=part.days if part else terms.net_days)
    start = issued_on + timedelta(days=terms.days_before + (part.days if part else 0))
    if terms.basis == "end_of_month":
        return _in_month(start, 0, 31) + timedelta(days=terms.net_days)
    passed = _in_month(start, 0, terms.day_of_month) < start
    return _in_month(start, terms.months_ahead + passed, terms.day_of_month)


def _in_month(start: date, months: int, day: int) -> date:
    """Return the day of the month that is so many months after `start`'s, or its last day."""
    years, month = divmod(start.month - 1 + months, MONTHS)
    year, month = start.year + years, month + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _shared(gross: Decimal, shares: Sequence[Decimal], currency: str) -> list[Decimal]:
    left, amounts = gross, []
    for share in shares[:-1]:
        amount = min(round_money(gross * share, currency), left)
        amounts.append(amount)
        left -= amount
    return [*amounts, left]
