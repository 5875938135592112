"""Quantities of a document in our own unit: 2 cartons of 12 are 24 pieces."""

from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.units import STEP, code_of, factor_of
from customers.models import Customer
from orders.intake.documents import ReadLine
from orders.intake.findings import Finding, block
from orders.intake.learning import unit_word
from orders.intake.matching import Books, Meant

PRICE_STEP = Decimal("0.0001")
ONE = Decimal(1)


def count_in_our_unit(
    line: ReadLine, books: Books, customer: Customer | None, path: str
) -> list[Finding]:
    """Turn a line's quantity and price into those of our unit; find what cannot be turned.

    Afterwards the line names our SKU and our unit, so that it is never turned twice.
    """
    meant = books.meant(line, customer)
    if meant is None:
        return []
    factor = _factor(line, meant, books, customer)
    if factor is None:
        message = _("We sell %(sku)s by “%(ours)s”, not by “%(theirs)s”.")
        ours = meant.product
        names = {"sku": ours.sku, "ours": ours.unit_id, "theirs": line.unit[:20]}
        return [block("unit", f"{path}.unit", message % names)]
    if factor == ONE:
        return []
    converted = None if line.quantity is None else line.quantity * factor
    if converted is not None and converted % STEP:
        message = _("A quantity has three decimals at most.")
        return [block("quantity_too_fine", f"{path}.quantity", message)]
    line.quantity = converted
    if line.unit_price is not None:
        line.unit_price = (line.unit_price / factor).quantize(PRICE_STEP)
    _name_ours(line, meant, books)
    line.factor, line.unit = factor, meant.product.unit_id
    return []


def _factor(
    line: ReadLine, meant: Meant, books: Books, customer: Customer | None
) -> Decimal | None:
    """Return how many of our unit one of theirs holds; None: nobody knows.

    What people have taught counts first, then what the customer's own number or the GTIN of a
    pack stands for, then the packs that the product is sold in.
    """
    product = meant.product
    if line.unit and customer is not None:
        taught = books.units.get((customer.pk, unit_word(line.unit), product.pk))
        if taught is not None:
            return taught
    code = code_of(line.unit)
    if meant.pack is not None:
        return meant.pack.factor if code in ("", code_of(meant.pack.unit_id)) else None
    if meant.part is not None and code in ("", code_of(meant.part.unit_id or "")):
        return meant.part.factor
    return factor_of(product, line.unit, packs=books.packs.get(product.pk, {}))


def _name_ours(line: ReadLine, meant: Meant, books: Books) -> None:
    if meant.part is not None:
        line.customer_part = line.customer_part or line.sku
    if meant.pack is not None:
        line.gtin = line.gtin or line.sku
    line.sku = meant.product.sku
    books.products.setdefault(line.sku.casefold(), meant.product)
