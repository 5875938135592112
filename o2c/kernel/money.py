"""Money is Decimal, rounded half up to the currency's own minor unit, at documented points.

Tax is computed per rate on the document, as EN 16931 asks (BR-CO-17), never per line.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import get_currency_precision, list_currencies
from django.utils.translation import gettext as _

from o2c.kernel.errors import InvalidInput

ZERO = Decimal(0)

# ISO 4217 keeps codes with X for what belongs to no country: metals, units of account, tests.
# Only these are money that somebody can pay with.
MONEY_WITH_X = frozenset({"XAF", "XCD", "XCG", "XOF", "XPF"})


def check_currency(code: str) -> None:
    """Refuse letters that name no currency; only capitals do.

    Raises:
        InvalidInput: there is no such currency.
    """
    if code not in _known_currencies():
        message = _("“%(code)s” is no currency of ISO 4217.") % {"code": code[:10]}
        raise InvalidInput(message, field="currency")


@cache
def _known_currencies() -> frozenset[str]:
    codes = frozenset(list_currencies())
    return frozenset(code for code in codes if not code.startswith("X")) | MONEY_WITH_X


@cache
def minor_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency: 0.01 for EUR, 1 for JPY, 0.001 for BHD."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's minor unit: the one rounding rule of the house."""
    return amount.quantize(minor_unit(currency), ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Taxable:
    """One line's net amount (rounded), with the EN 16931 category and the rate as a fraction."""

    net_amount: Decimal
    category: str
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class TaxLine:
    """The tax of one category and rate on one document."""

    category: str
    rate: Decimal
    base_amount: Decimal
    tax_amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Totals:
    """A document's totals: `gross_amount` = `net_amount` + `tax_amount`, exactly."""

    net_amount: Decimal
    tax_amount: Decimal
    taxes: list[TaxLine]

    @property
    def gross_amount(self) -> Decimal:
        return self.net_amount + self.tax_amount


def totals(lines: Iterable[Taxable], currency: str) -> Totals:
    """Add lines up and tax each category and rate once, rounded to the currency's minor unit."""
    bases: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
    for line in lines:
        bases[line.category, line.rate] += line.net_amount
    taxes = [
        TaxLine(
            category=category,
            rate=rate,
            base_amount=base,
            tax_amount=round_money(base * rate, currency),
        )
        for (category, rate), base in sorted(bases.items())
    ]
    return Totals(
        net_amount=sum((tax.base_amount for tax in taxes), ZERO),
        tax_amount=sum((tax.tax_amount for tax in taxes), ZERO),
        taxes=taxes,
    )
