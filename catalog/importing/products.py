"""Products from a file: by their SKU made, changed or left as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Product, ProductUnit, UnitOfMeasure
from catalog.services.products import ProductDetails, folded_text, problems_of
from catalog.units import code_of
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock_many
from o2c.kernel.sheets.tables import Row, Status, Table, fits, number_in, read_table
from o2c.kernel.transactions import service

COLUMNS = {
    "sku": ("sku", "item number", "article number", "artikelnummer", "item", "article", "code"),
    "name": ("name", "description", "bezeichnung", "designation", "product name", "item name"),
    "unit": ("unit", "uom", "einheit", "unit of measure", "unite"),
    "gtin": ("gtin", "ean", "ean13", "barcode", "upc"),
    "group": ("group", "product group", "warengruppe", "category", "family"),
    "pack_multiple": ("pack multiple", "multiple", "vpe", "packaging unit", "order multiple"),
    "minimum_quantity": ("minimum quantity", "minimum", "moq", "mindestmenge", "min quantity"),
    "weight_kg": ("weight kg", "weight", "gewicht", "gewicht kg", "net weight"),
    "tax_category": ("tax category", "tax", "vat category", "steuerkategorie"),
    "status": ("status",),
    "lead_time_days": ("lead time days", "lead time", "lieferzeit", "wiederbeschaffungszeit"),
    "origin_country": ("origin country", "country of origin", "origin", "ursprungsland"),
    "commodity_code": ("commodity code", "hs code", "tariff number", "zolltarifnummer"),
}
NUMBERS = ("pack_multiple", "minimum_quantity", "weight_kg", "lead_time_days")
LENGTHS = {"sku": 40, "name": 200, "gtin": 14, "group": 60, "commodity_code": 10}
LONGEST_LEAD_TIME = 3650
# One more digit than the column holds.
NUMBER_LIMIT = Decimal(10) ** 7
STEP = Decimal("0.001")


class MovedOn(DomainError):
    """Somebody has changed the same rows while the file was being imported."""

    code = "moved_on"


@dataclass(frozen=True, kw_only=True)
class _Known:
    """What we know beforehand: products by SKU, units, and whose GTIN is whose."""

    products: Mapping[str, Product]
    units: frozenset[str]
    gtins: Mapping[str, str]


@service
def import_products(
    content: bytes, name: str, *, commit: bool, at: datetime, actor: Actor
) -> Table:
    """Read a file of products; with `commit` write the rows that nothing speaks against.

    An empty cell, or a column that is not there, leaves what we know. The number of statements
    does not depend on the number of rows.

    Raises:
        Unreadable: the file as a whole cannot be read.
        MovedOn: somebody has added the same products meanwhile; nothing is written.
    """
    table = read_table(content, name, columns=COLUMNS, needed=("sku",), numbers=NUMBERS)
    known = _known(table, is_locked=commit)
    _refuse_twins(table)
    wanted = {row.number: _details(table, row, known) for row in table.rows}
    for row in table.good():
        row.status = _status(known.products.get(row.text("sku")), wanted[row.number])
    if commit:
        _write(table, wanted, known, at=at, actor=actor)
    return table


def _known(table: Table, *, is_locked: bool) -> _Known:
    skus = {row.text("sku") for row in table.rows}
    gtins = {row.text("gtin") for row in table.rows} - {""}
    products = list(Product.objects.filter(Q(sku__in=skus) | Q(gtin__in=gtins)))
    packs = ProductUnit.objects.filter(gtin__in=gtins).values_list("gtin", "product__sku")
    by_sku = {product.sku: product for product in products if product.sku in skus}
    if is_locked:  # what is read now stays so until it is written
        locked = lock_many(Product, [product.pk for product in by_sku.values()])
        by_sku = {product.sku: product for product in locked.values()}
    return _Known(
        products=by_sku,
        units=frozenset(UnitOfMeasure.objects.values_list("code", flat=True)),
        gtins={
            **{product.gtin: product.sku for product in products if product.gtin},
            **dict(packs),
        },
    )


def _refuse_twins(table: Table) -> None:
    """A SKU or GTIN that is in the file twice is a mistake in the second place."""
    for name in ("sku", "gtin"):
        seen: dict[str, int] = {}
        for row in table.rows:
            code = row.text(name)
            if code and code in seen:
                message = _("“%(code)s” is in row %(row)s already.")
                row.reject(name, message % {"code": code, "row": seen[code]})
            seen.setdefault(code, row.number)


def _details(table: Table, row: Row, known: _Known) -> ProductDetails:
    """Return what the row says of its product, over what is known of it."""
    product = known.products.get(row.text("sku"))
    details = _stored(product) if product else ProductDetails(sku="", name="", unit_id="C62")
    said: dict[str, Any] = {
        field: row.text(field) for field in (*LENGTHS, "tax_category", "status") if row.text(field)
    }
    for field in ("pack_multiple", "minimum_quantity", "weight_kg"):
        number = number_in(table, row, field)
        if number is not None:
            said[field] = number
            if number >= NUMBER_LIMIT or number % STEP:
                row.reject(field, _("This number is too large, or has more than three decimals."))
    _read_codes(table, row, said, known)
    for field, longest in LENGTHS.items():
        fits(row, field, longest)
    details = replace(details, **said)
    for field, message in problems_of(details):
        row.reject(field, message)
    if known.gtins.get(details.gtin, details.sku) != details.sku:
        message = _("This GTIN belongs to %(sku)s already.")
        row.reject("gtin", message % {"sku": known.gtins[details.gtin]})
    return details


def _read_codes(table: Table, row: Row, said: dict[str, Any], known: _Known) -> None:
    if "tax_category" in said:
        said["tax_category"] = said["tax_category"].upper()
    if "status" in said:
        said["status"] = said["status"].lower()
        if said["status"] not in Product.Status.values:
            row.reject("status", _("Write active or discontinued."))
    unit = code_of(row.text("unit")) if row.text("unit") else "C62"
    if row.text("unit"):
        said["unit_id"] = unit
    if unit not in known.units:
        message = _("There is no unit “%(unit)s” here. An administrator adds it.")
        row.reject("unit", message % {"unit": row.text("unit") or unit})
    _read_origin(table, row, said)


def _read_origin(table: Table, row: Row, said: dict[str, Any]) -> None:
    country = row.text("origin_country").upper()
    if country:
        said["origin_country"] = country
        if len(country) != 2 or not country.isalpha():  # noqa: PLR2004  ISO 3166
            row.reject("origin_country", _("Enter the country's two letters, such as DE."))
    days = number_in(table, row, "lead_time_days")
    if days is not None:
        said["lead_time_days"] = int(days)
        if days % 1 or not 0 <= days <= LONGEST_LEAD_TIME:
            row.reject("lead_time_days", _("Enter whole days, from 0 to 3650."))


def _stored(product: Product) -> ProductDetails:
    names = ProductDetails.__dataclass_fields__
    return ProductDetails(**{name: getattr(product, name) for name in names})


def _status(product: Product | None, details: ProductDetails) -> Status:
    if product is None:
        return Status.NEW
    return Status.SAME if _stored(product) == details else Status.CHANGED


def _write(
    table: Table,
    wanted: Mapping[int, ProductDetails],
    known: _Known,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    made = [
        Product(
            **vars(wanted[row.number]), folded_text=folded_text(wanted[row.number]), created_at=at
        )
        for row in table.rows
        if row.status == Status.NEW
    ]
    changed = {
        known.products[row.text("sku")]: wanted[row.number]
        for row in table.rows
        if row.status == Status.CHANGED
    }
    for product, details in changed.items():
        for field, value in vars(details).items():
            setattr(product, field, value)
        product.folded_text = folded_text(details)
        product.revision += 1
    audit.save_many(dict.fromkeys(changed, ()), at=at, actor=actor)
    try:
        with transaction.atomic():
            rows.insert(made)
    except IntegrityError as error:
        raise MovedOn(
            _("Somebody has added some of these products meanwhile. Import the file again.")
        ) from error
    for product in made:
        audit.record(product.label, "create", at=at, actor=actor)
