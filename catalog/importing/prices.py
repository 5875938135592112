"""Prices of one list from a file: set, changed, or left as they are."""

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.importing.products import MovedOn
from catalog.models import Price, PriceList, Product
from catalog.services.prices import check_price
from catalog.timeline import OverlappingPrice, put
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock_many
from o2c.kernel.money import ZERO
from o2c.kernel.sheets.tables import Row, Status, Table, day_in, number_in, read_table
from o2c.kernel.transactions import service

COLUMNS = {
    "sku": ("sku", "item number", "article number", "artikelnummer", "item", "article", "code"),
    "amount": ("price", "unit price", "amount", "preis", "einzelpreis", "net price", "list price"),
    "currency": ("currency", "currency code", "wahrung"),
    "min_quantity": ("from quantity", "min quantity", "minimum quantity", "ab menge", "break"),
    "valid_from": ("valid from", "from", "start", "gultig ab", "from date"),
    "valid_until": ("valid until", "until", "end", "gultig bis", "to date", "valid to"),
}
NUMBERS = ("amount", "min_quantity")
AMOUNT_LIMIT, AMOUNT_STEP = Decimal(10) ** 10, Decimal("0.0001")
QUANTITY_LIMIT, QUANTITY_STEP = Decimal(10) ** 9, Decimal("0.001")

# A product's key and a minimum quantity.
Place = tuple[int, Decimal]


@service
def import_prices(
    content: bytes,
    name: str,
    *,
    price_list: PriceList,
    commit: bool,
    at: datetime,
    actor: Actor,
) -> Table:
    """Read a file of prices; with `commit` write the rows that nothing speaks against.

    Rows mean what `set_price` means, in the order of their first days. The number of statements
    does not depend on the number of rows.

    Raises:
        Unreadable: the file as a whole cannot be read.
        MovedOn: somebody has set some of these prices meanwhile; nothing is written.
    """
    table = read_table(content, name, columns=COLUMNS, needed=("sku", "amount"), numbers=NUMBERS)
    skus = {row.text("sku") for row in table.rows}
    ids = dict(Product.objects.filter(sku__in=skus).values_list("sku", "pk"))
    if commit:
        lock_many(Product, ids.values())
    wanted = {row.number: _price(table, row, ids, price_list) for row in table.rows}
    held: dict[Place, list[Price]] = defaultdict(list)
    for price in Price.objects.filter(price_list=price_list, product__in=list(ids.values())):
        held[price.product_id, price.min_quantity].append(price)
    _refuse_twins(table, wanted)
    written = _put_all(table, wanted, held)
    if commit:
        _write(written, at=at, actor=actor)
    return table


def _price(table: Table, row: Row, ids: dict[str, int], price_list: PriceList) -> Price:
    """Return the price that a row says; what is wrong with it is written into the row."""
    product_id = ids.get(row.text("sku"))
    if product_id is None:
        message = _("We sell nothing under “%(sku)s”.") % {"sku": row.text("sku")[:40]}
        row.reject("sku", message)
    if row.text("currency").upper() not in ("", price_list.currency):
        message = _("The list is in %(currency)s.") % {"currency": price_list.currency}
        row.reject("currency", message)
    amount, min_quantity = number_in(table, row, "amount"), number_in(table, row, "min_quantity")
    if not row.text("amount"):
        row.reject("amount", _("Enter a price of zero or more."))
    if amount is not None and (amount >= AMOUNT_LIMIT or amount % AMOUNT_STEP):
        row.reject("amount", _("This price is too large, or has more than four decimals."))
    if min_quantity is not None and (
        min_quantity >= QUANTITY_LIMIT or min_quantity % QUANTITY_STEP
    ):
        message = _("This quantity is too large, or has more than three decimals.")
        row.reject("min_quantity", message)
    price = Price(
        price_list=price_list,
        product_id=product_id or 0,
        amount=amount or ZERO,
        min_quantity=min_quantity or ZERO,
        valid_from=day_in(row, "valid_from"),
        valid_until=day_in(row, "valid_until"),
    )
    try:
        check_price(price.amount, price.min_quantity, price.valid_from, price.valid_until)
    except InvalidInput as refusal:
        row.reject(refusal.field, str(refusal))
    return price


def _refuse_twins(table: Table, wanted: dict[int, Price]) -> None:
    seen: dict[tuple[int, Decimal, date | None], int] = {}
    for row in table.good():
        price = wanted[row.number]
        key = (price.product_id, price.min_quantity, price.valid_from)
        if key in seen:
            row.reject("sku", _("The same is said in row %(row)s already.") % {"row": seen[key]})
        seen.setdefault(key, row.number)


def _put_all(table: Table, wanted: dict[int, Price], held: dict[Place, list[Price]]) -> list[Price]:
    """Put the good rows among the prices that are held; return what has to be written, once."""
    written: dict[int, Price] = {}
    for row in sorted(table.good(), key=lambda row: wanted[row.number].valid_from or date.min):
        price = wanted[row.number]
        try:
            touched = put(held[price.product_id, price.min_quantity], price)
        except OverlappingPrice as refusal:
            row.reject(refusal.field, str(refusal))
            continue
        row.status = _status(touched)
        written |= {id(one): one for one in touched}
    return list(written.values())


def _status(touched: list[Price]) -> Status:
    if touched[-1].pk is None:
        return Status.NEW
    return Status.CHANGED if touched[-1].changes() else Status.SAME


def _write(written: list[Price], *, at: datetime, actor: Actor) -> None:
    made = [price for price in written if price.pk is None]
    changed = {price: [f"product:{price.product_id}"] for price in written if price.pk is not None}
    try:
        with transaction.atomic():
            audit.save_many(changed, at=at, actor=actor)
            rows.insert(made)
    except IntegrityError as error:
        raise MovedOn(
            _("Somebody has set some of these prices meanwhile. Import the file again.")
        ) from error
    for price in made:
        touches = [f"product:{price.product_id}"]
        audit.record(price.label, "create", at=at, actor=actor, touches=touches)
