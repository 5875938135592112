"""Expected receipts from a file: new, changed, or left as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product
from fulfillment.models import Warehouse
from fulfillment.selectors import today_of
from fulfillment.services import Expectation
from fulfillment.services.announcing import Key, announce_all, effect_of, key_of, known_of
from fulfillment.services.expected import broken_in
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.sheets.tables import Row, Status, Table, day_in, number_in, read_table
from o2c.kernel.transactions import service

COLUMNS = {
    "reference": ("reference", "purchase order", "po", "po number", "order", "bestellung", "asn"),
    "sku": ("sku", "item number", "article number", "artikelnummer", "item", "article", "code"),
    "quantity": ("quantity", "qty", "menge", "quantite", "open quantity"),
    "expected_on": ("expected on", "expected", "date", "eta", "delivery date", "liefertermin"),
    "warehouse": ("warehouse", "lager", "site", "house", "location"),
    "supplier": ("supplier", "vendor", "lieferant", "fournisseur"),
}
NUMBERS = ("quantity",)
NEEDED = ("reference", "sku", "quantity", "expected_on")


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Keys of products by SKU in lower case, and of warehouses by code."""

    products: Mapping[str, int]
    warehouses: Mapping[str, int]


@service
def import_expected(
    content: bytes, name: str, *, commit: bool, at: datetime, actor: Actor
) -> Table:
    """Read a file of goods that will come; with `commit` write the rows without problems.

    Without a column of warehouses all is for our only one. The number of statements does not
    depend on the number of rows.

    Raises:
        Unreadable: the file as a whole cannot be read.
        AnnouncedMeanwhile: somebody announces the same goods at this moment; nothing is written.
    """
    table = read_table(content, name, columns=COLUMNS, needed=NEEDED, numbers=NUMBERS)
    known = _known(table)
    wanted = {row.number: _expectation(table, row, known) for row in table.rows}
    rows = known_of([wanted[row.number] for row in table.good()], is_locked=commit)
    whole = broken_in(wanted[row.number] for row in table.good())
    seen: dict[Key, int] = {}
    for row in table.good():
        expectation = wanted[row.number]
        if key_of(expectation) in seen:
            first = seen[key_of(expectation)]
            row.reject("reference", _("The same is said in row %(row)s already.") % {"row": first})
            continue
        seen[key_of(expectation)] = row.number
        try:
            row.status = Status(
                effect_of(
                    expectation,
                    rows.get(key_of(expectation)),
                    whole=whole,
                    today=today_of(at),
                )
            )
        except InvalidInput as refusal:
            row.reject(refusal.field, str(refusal))
    if commit:
        announce_all([wanted[row.number] for row in table.good()], at=at, actor=actor)
    return table


def _known(table: Table) -> _Known:
    skus = {row.text("sku") for row in table.rows}
    warehouses = Warehouse.objects.values_list("code", "pk")
    return _Known(
        products=dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk")),
        warehouses={code.casefold(): pk for code, pk in warehouses},
    )


def _expectation(table: Table, row: Row, known: _Known) -> Expectation:
    """Return what a row says; what is wrong with it is written into the row."""
    product_id = known.products.get(row.text("sku"))
    if product_id is None:
        message = _("We sell nothing under “%(sku)s”.") % {"sku": row.text("sku")[:40]}
        row.reject("sku", message)
    quantity, day = number_in(table, row, "quantity"), day_in(row, "expected_on")
    if not row.text("quantity"):
        row.reject("quantity", _("Enter a quantity above zero, with three decimals at most."))
    if not row.text("expected_on"):
        row.reject("expected_on", _("Enter the day on which they are expected."))
    return Expectation(
        reference=row.text("reference"),
        supplier=row.text("supplier"),
        warehouse_id=_warehouse(row, known),
        product_id=product_id or 0,
        quantity=quantity if quantity is not None else Decimal(1),
        expected_on=day or date.max,
    )


def _warehouse(row: Row, known: _Known) -> int:
    code = row.text("warehouse").casefold()
    if not code and len(known.warehouses) == 1:
        return next(iter(known.warehouses.values()))
    if code not in known.warehouses:
        row.reject(
            "warehouse",
            _("There is no warehouse “%(code)s”.") % {"code": row.text("warehouse")[:40]}
            if code
            else _("Say for which warehouse."),
        )
    return known.warehouses.get(code, 0)
