"""The tax on what is sold: what is kept of a place and a customer, asked in one statement."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any

from django.db.models import DecimalField, F, Q, QuerySet, Value

from catalog.models import Product, TaxExemption, TaxRule
from catalog.models.validity import holds_on
from catalog.taxation import PART_OF, Buyer, Place, TaxedAt, decide
from customers.models import Address, Customer
from o2c.kernel.company import the_company
from o2c.kernel.compiled import compiled

# Region or empty, category, rate and certificate: a rule has no certificate, which has no rate.
Kept = tuple[str, str, Decimal | None, str]


def tax_for(
    customer: Customer, ship_to: Address, products: Iterable[Product], *, on: date
) -> dict[int, TaxedAt]:
    """Return each product's tax where the goods are delivered, on a day.

    Products for whose category no rate is kept there are left out: nobody knows their tax.
    """
    kept = _rows_at(customer.pk, _country_of(ship_to), ship_to.region, on)
    return _taxes(customer, ship_to, products, _in_force(kept))


def certificate_of(customer_id: int, ship_to: Address, *, on: date) -> str:
    """Return the number of the certificate that spares a customer tax at a place on a day, or
    nothing.
    """
    return _in_force(_rows_at(customer_id, _country_of(ship_to), ship_to.region, on))[1]


class TaxBook:
    """What is kept of several places and customers on a day, read in two statements."""

    def __init__(
        self, customers: Iterable[Customer], places: Iterable[Address], *, on: date
    ) -> None:
        countries = {_country_of(place) for place in places}
        self._rules: dict[str, list[Kept]] = defaultdict(list)
        self._certificates: dict[tuple[int, str], list[Kept]] = defaultdict(list)
        rules = TaxRule.objects.filter(holds_on(on), country__in=countries)
        for country, *kept in rules.values_list("country", "region", "category", "rate"):
            self._rules[country].append((*kept, ""))  # type: ignore[arg-type]
        ids = [customer.pk for customer in customers]
        exempt = TaxExemption.objects.filter(
            holds_on(on), country__in=countries, customer__in=ids
        ).values_list("customer_id", "country", "region", "certificate")
        for customer_id, country, region, certificate in exempt:
            self._certificates[customer_id, country].append((region, "", None, certificate))
        self._known: dict[tuple[int, int], dict[str, TaxedAt | None]] = {}

    def tax_for(
        self, customer: Customer, ship_to: Address, products: Iterable[Product]
    ) -> dict[int, TaxedAt]:
        """Answer as the function of this name does, for a customer and place that were named."""
        country = _country_of(ship_to)
        known = self._known.setdefault((customer.pk, ship_to.pk), {})
        kept = [*self._rules[country], *self._certificates.get((customer.pk, country), ())]
        here = [row for row in kept if row[0] in ("", ship_to.region)]
        return _taxes(customer, ship_to, products, _in_force(here), known=known)


def _country_of(ship_to: Address) -> str:
    return PART_OF.get(ship_to.country, ship_to.country)


def _taxes(
    customer: Customer,
    ship_to: Address,
    products: Iterable[Product],
    in_force: tuple[dict[str, Decimal], str],
    *,
    known: dict[str, TaxedAt | None] | None = None,
) -> dict[int, TaxedAt]:
    """Decide once for each category of product; `known` keeps what was decided."""
    rates, certificate = in_force
    known = {} if known is None else known
    taxes: dict[int, TaxedAt] = {}
    for product in products:
        category = product.tax_category
        if category not in known:
            known[category] = _decided(category, customer, ship_to, rates, certificate)
        tax = known[category]
        if tax is not None:
            taxes[product.pk] = tax
    return taxes


def _decided(
    category: str,
    customer: Customer,
    ship_to: Address,
    rates: dict[str, Decimal],
    certificate: str,
) -> TaxedAt | None:
    place = Place(
        country=_country_of(ship_to), region=ship_to.region, postal_code=ship_to.postal_code
    )
    buyer = Buyer(
        status=customer.tax_status, vat_number=customer.vat_number, certificate=certificate
    )
    seller = the_company().country
    return decide(category, seller=seller, ship_to=place, buyer=buyer, rates=rates)


def _in_force(rows: Iterable[Kept]) -> tuple[dict[str, Decimal], str]:
    """Return the rate of each category, and the customer's certificate; a region goes first."""
    rates: dict[str, Decimal] = {}
    certificate = ""
    for _region, category, rate, number in sorted(rows, key=itemgetter(0)):
        if rate is None:
            certificate = number
        else:
            rates[category] = rate
    return rates, certificate


@compiled
def _rows_at(
    customer_id: int, country: str, region: str, on: date
) -> QuerySet[TaxRule, tuple[Any, ...]]:
    """Return (region or empty, category, rate, "") and (region or empty, "", None, certificate)."""
    here = Q(region="") | Q(region=region)
    rules = TaxRule.objects.filter(holds_on(on), here, country=country).values_list(
        F("region"), F("category"), F("rate"), Value("")
    )
    certificates = TaxExemption.objects.filter(
        holds_on(on), here, country=country, customer=customer_id
    ).values_list(
        F("region"), Value(""), Value(None, output_field=DecimalField()), F("certificate")
    )
    return rules.union(certificates, all=True)
