"""What every document of this stage shows: who sells, to whom, and what it comes to."""

from collections.abc import Collection, Iterable
from typing import Any

from catalog.models import TaxCategory
from catalog.taxation import exempt_by, reason_for
from customers.incoterms import Incoterm
from customers.models import Address, Customer
from o2c.kernel.models import Company
from o2c.kernel.money import TaxLine
from orders.models import Order


def seller_of(company: Company) -> dict[str, str]:
    """Return what a document says about us, and where to pay."""
    return {
        "name": company.name,
        "street": company.street,
        "place": " ".join(filter(None, [company.postal_code, company.city, company.region])),
        "country": company.country,
        "tax_number": company.tax_number,
        "email": company.email,
        "phone": company.phone,
        "bank_name": company.bank_name,
        "bank_account": company.bank_account,
    }


def party_of(customer: Customer, address: Address | None) -> list[str]:
    """Return name and address as they are printed, a line each."""
    if address is None:
        return [customer.name]
    place = " ".join(filter(None, [address.postal_code, address.city, address.region]))
    lines = [customer.name, address.label, address.street, place, address.country]
    return [line for line in lines if line]


def delivery_term_of(order: Order, company: Company) -> str:
    """Return the Incoterm with its named place, as contracts write it; empty: none is agreed."""
    if not order.incoterm:
        return ""
    ours = Incoterm(order.incoterm).is_ours_until_there
    place = order.ship_to.city if ours else company.city
    return " ".join(filter(None, [order.incoterm, place, "(Incoterms 2020)"]))


def bill_to_of(customer_ids: Collection[int]) -> dict[int, Address]:
    """Return where the invoices of each customer go, the usual place first; by customer."""
    places = Address.objects.filter(kind=Address.Kind.BILL_TO, customer__in=customer_ids)
    usual = places.order_by("customer", "-is_default", "pk").distinct("customer")
    return {place.customer_id: place for place in usual}


def taxes_of(taxes: Iterable[TaxLine]) -> list[dict[str, Any]]:
    """Return the tax per rate as it is printed; `note` says why nothing is taxed."""
    return [
        {
            "percent": tax.rate * 100,
            "base_amount": tax.base_amount,
            "tax_amount": tax.tax_amount,
            "category": tax.category,
        }
        for tax in taxes
    ]


def tax_note(category: str, certificate: str = "") -> str:
    """Say why nothing is taxed, as EN 16931 asks, with the certificate that says so; nothing at
    the usual rate.
    """
    if category == TaxCategory.STANDARD:
        return ""
    if category == TaxCategory.EXEMPT and certificate:
        return exempt_by(certificate)
    return reason_for(category)[0] or str(TaxCategory(category).label)
