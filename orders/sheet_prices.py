"""What the rows of the entry screen come to: products, prices, tax, and the earliest day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from catalog.models import Product
from catalog.pricing import PriceBook, PricedAt, price_book, tax_for
from catalog.selectors import products_by_code
from customers.models import Address, Customer
from o2c.kernel.money import ZERO, Taxable, Totals, round_money, totals
from orders.rules import House
from orders.rules.header import earliest_day
from orders.sheet import Row, Sheet, read_entries

NOTHING_SETTLED = House()


def price_sheet(
    sheet: Sheet,
    customer: Customer | None,
    ship_to: Address | None,
    *,
    on: date,
    house: House = NOTHING_SETTLED,
) -> None:
    """Find each row's product, price and tax, and add up; say in the row what is wrong with it.

    The number of statements is the same for any number of rows.
    """
    filled = sheet.filled
    customer_id = customer.pk if customer else None
    products = products_by_code((row.sku for row in filled), customer_id=customer_id)
    for row in filled:
        row.product = products.get(row.sku)
        read_entries(row)
        if row.product is None:
            row.errors["sku"] = _("We do not sell this. Type a SKU, a GTIN or a word.")
        else:
            row.earliest_on = earliest_day(house, row.product.lead_time_days)
    _name_successors(filled)
    if customer is None:
        return
    found = [row.product for row in filled if row.product]
    book = price_book(customer, [product.pk for product in found], on=on)
    taxes = tax_for(customer, ship_to, found, on=on) if ship_to else {}
    for row in filled:
        _price(row, book, customer.currency)
        row.tax = taxes.get(row.product.pk) if row.product else None
    sheet.totals = _total(filled, customer.currency)


def forbid_overrides(sheet: Sheet) -> None:
    """Say in each row with another price than listed that this person may not agree on one."""
    for row in sheet.filled:
        if row.price and row.override is not None and row.price.amount != row.price.list_amount:
            row.errors["price"] = _("You may not change prices. Leave the field empty.")


def _price(row: Row, book: PriceBook, currency: str) -> None:
    if row.product is None:
        return
    quantity = row.quantity or ZERO
    row.price = book.price(row.product.pk, quantity)
    if row.override is None:
        row.next_break = book.next_break(row.product.pk, quantity)
    elif row.price is None:
        row.price = PricedAt(amount=row.override, source=_("agreed"))
    else:
        row.price = replace(row.price, amount=row.override, source=_("agreed"), discount_rate=ZERO)
    if row.price and row.quantity is not None:
        row.net_amount = round_money(row.quantity * row.price.amount, currency)


def _name_successors(rows: Sequence[Row]) -> None:
    """Name what takes the place of discontinued products; one statement, if there are any."""
    old = {
        row.product.successor_id: row
        for row in rows
        if row.product
        and row.product.successor_id
        and row.product.status == Product.Status.DISCONTINUED
    }
    found = Product.objects.in_bulk(list(old)) if old else {}
    for row in rows:
        row.successor = found.get(row.product.successor_id) if row.product else None


def _total(rows: Sequence[Row], currency: str) -> Totals:
    taxables = (
        Taxable(net_amount=row.net_amount, category=row.tax.category, rate=row.tax.rate)
        for row in rows
        if row.net_amount is not None and row.tax is not None
    )
    return totals(taxables, currency)
