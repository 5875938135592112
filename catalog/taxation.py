"""Which tax is charged on a line of goods: one decision, made of facts alone.

The categories are those of EN 16931 (UNCL5305); the reasons are the VATEX codes of its code list.
In this order:

1. What the product's own category puts outside tax altogether (O) stays outside everywhere.
2. Goods that leave the seller's tax territory are an export (G), unless a rate is kept for the
   place of delivery: then the seller is registered there, and steps 4 to 7 decide. The special
   territories of the Union, such as Heligoland, Livigno, Ceuta or the Canary Islands, count as
   abroad; Monaco counts as France and Northern Ireland, for goods, as part of the Union.
3. From one member state into another, a buyer with a VAT number of a state other than the
   seller's takes an intra-community supply (K, Article 138 of Directive 2006/112/EC). Everybody
   else pays the rate of the place of delivery (distance sales, Article 33): it must be kept.
4. A customer marked exempt, or with a certificate that holds on the day at the place of delivery
   (a resale certificate in the United States), is charged nothing (E).
5. A customer under the reverse charge accounts for the tax themselves (AE), and so does, for a
   product under the domestic reverse charge (Article 199), any buyer with a VAT number; from one
   without, the standard rate is taken.
6. A product that is zero rated (Z) or exempt by law (E) is so without a rate being kept.
7. Else the rate that is kept for the product's category: that of the region, else the country's.
   A place whose rate is kept as zero is zero rated (Z). Without a rate nobody knows the tax.

A VAT number counts when its form and check digits are right; whether it is still in use is asked
of the authorities, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _
from stdnum.eu import vat

from catalog.models import TaxCategory
from customers.models import Customer
from o2c.kernel.money import ZERO

UNION = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"),
        *("IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"),
    )
)
# Postal codes of member states' places outside the territory of the tax (Article 6).
OUTSIDE = {
    "DE": ("27498", "78266"),
    "ES": ("35", "38", "51", "52"),
    "FI": ("22",),
    "GR": ("63086",),
    "IT": ("22061", "23041"),
}
# Countries whose tax is another's.
PART_OF = {"MC": "FR", "IM": "GB", "EL": "GR"}
STANDARD, EXEMPT = TaxCategory.STANDARD.value, TaxCategory.EXEMPT.value
REVERSE_CHARGE = TaxCategory.REVERSE_CHARGE.value
OUT_OF_SCOPE = TaxCategory.OUT_OF_SCOPE.value


@dataclass(frozen=True, kw_only=True)
class TaxedAt:
    """An EN 16931 tax category with its rate as a fraction: 0.19 is 19 %.

    `reason` says to people why nothing is charged, `reason_code` to machines (VATEX, or empty).
    """

    category: str
    rate: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place as taxes see it. Countries are ISO 3166 codes."""

    country: str
    region: str = ""
    postal_code: str = ""

    @property
    def territory(self) -> str:
        """The country whose tax holds here; empty where none of the Union's does."""
        country = PART_OF.get(self.country, self.country)
        postal_code = self.postal_code.replace(" ", "").upper()
        if country == "GB" and postal_code.startswith("BT"):
            return "XI"
        if postal_code and postal_code.removeprefix(f"{country}-").startswith(
            OUTSIDE.get(country, ())
        ):
            return ""
        return country


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A customer as taxes see them. `certificate` is the one that holds here and now, or empty."""

    status: str = Customer.TaxStatus.TAXABLE.value
    vat_number: str = ""
    certificate: str = ""


def decide(
    category: str, *, seller: str, ship_to: Place, buyer: Buyer, rates: Mapping[str, Decimal]
) -> TaxedAt | None:
    """Return the tax on a product of `category`, or nothing when no rate is known.

    `seller` is the country that goods leave from, `rates` those kept for the place of delivery by
    product category, on the day.
    """
    if category == OUT_OF_SCOPE:
        return _untaxed(OUT_OF_SCOPE)
    here, there = PART_OF.get(seller, seller), ship_to.territory
    is_abroad = there != here and not UNION.issuperset((here, there))
    if is_abroad and not (there and _kept(category, rates)):
        return _export_from(here)
    if not is_abroad and there != here and vat_country(buyer.vat_number) not in ("", here):
        return _untaxed(TaxCategory.INTRA_COMMUNITY.value)
    return _of_the_buyer(category, buyer) or _of_the_product(category, rates)


def _export_from(seller: str) -> TaxedAt:
    """Return an export; only the Union has a code for why it is not taxed."""
    export = _untaxed(TaxCategory.EXPORT.value)
    return export if seller in UNION else replace(export, reason_code="")


def _of_the_buyer(category: str, buyer: Buyer) -> TaxedAt | None:
    if buyer.status == Customer.TaxStatus.EXEMPT or buyer.certificate:
        return TaxedAt(category=EXEMPT, rate=ZERO, reason=exempt_by(buyer.certificate))
    is_liable = category == REVERSE_CHARGE and bool(vat_country(buyer.vat_number))
    if buyer.status == Customer.TaxStatus.REVERSE_CHARGE or is_liable:
        return _untaxed(REVERSE_CHARGE)
    return None


def _of_the_product(category: str, rates: Mapping[str, Decimal]) -> TaxedAt | None:
    if category in (TaxCategory.ZERO, EXEMPT):
        return _untaxed(category)
    return _kept(category, rates)


def _kept(category: str, rates: Mapping[str, Decimal]) -> TaxedAt | None:
    rate = rates.get(STANDARD if category == REVERSE_CHARGE else category)
    if rate is None:
        return None
    return TaxedAt(category=STANDARD, rate=rate) if rate else _untaxed(TaxCategory.ZERO.value)


def _untaxed(category: str) -> TaxedAt:
    reason, code = reason_for(category)
    return TaxedAt(category=category, rate=ZERO, reason=reason, reason_code=code)


def reason_for(category: str) -> tuple[str, str]:
    """Say why nothing is charged under a category: for people, and as a VATEX code."""
    reasons = {
        "AE": (_("Reverse charge: the buyer accounts for the tax"), "VATEX-EU-AE"),
        "K": (_("Intra-community supply"), "VATEX-EU-IC"),
        "G": (_("Export"), "VATEX-EU-G"),
        "O": (_("Not subject to tax"), "VATEX-EU-O"),
        "E": (_("Exempt from tax"), ""),
    }
    return reasons.get(category, ("", ""))


def exempt_by(certificate: str) -> str:
    """Say that a certificate spares the buyer the tax; without one it is how they are known."""
    if not certificate:
        return _("Exempt from tax")
    return _("Exempt from tax by certificate %(number)s") % {"number": certificate}


@lru_cache(maxsize=4096)
def vat_country(number: str) -> str:
    """Return the member state that gave a VAT number; empty when the number cannot be right."""
    compact = "".join(filter(str.isalnum, number)).upper()
    state = PART_OF.get(compact[:2], compact[:2])
    return state if state in UNION and vat.is_valid(compact) else ""
