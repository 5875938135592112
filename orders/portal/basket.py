"""A basket: what a customer has put together, priced as it will be invoiced."""

from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.requests import today
from o2c.kernel.sheets.shapes import check_size
from orders import services
from orders.intake.findings import Unreadable
from orders.intake.formats import TABLE_READERS, format_of, read_file
from orders.models import Channel, Order
from orders.portal.forms import BasketForm
from orders.portal.selectors import Offer
from orders.rules import MAX_LINES
from orders.services import Entered, NewLine
from orders.sheet import Row, Sheet, require_quantities, tidy
from orders.sheet_prices import price_sheet

# The two buttons that store what was entered.
PLACE, KEEP = "place", "keep"


@dataclass
class Basket:
    """What is on the page; `order` None: it is kept nowhere yet."""

    customer: Customer
    form: BasketForm
    sheet: Sheet
    order: Order | None = None
    text: str = ""
    found: list[Offer] = field(default_factory=list)

    def price(self) -> None:
        price_sheet(self.sheet, self.customer, self.form.ship_to_now(), on=today())

    def is_complete(self) -> bool:
        """Price it and say whether it can be stored; what is wrong stands at its place."""
        self.price()
        require_quantities(self.sheet)
        return self.form.is_valid() and not self.sheet.has_errors

    def add(self, sku: str, quantity: str) -> None:
        """Put a product in; more of one that is in it already is added to its line."""
        kept = self.sheet.filled
        self.sheet.rows = [*kept, Row(place=len(kept), sku=sku, quantity_text=quantity or "1")]
        tidy(self.sheet)

    def entered(self) -> Entered:
        """Return what the services take; only for a complete basket."""
        values = self.form.cleaned_data
        ship_to = values["ship_to"] or self.form.ship_to_now()
        return Entered(
            lines=[
                NewLine(row.product.pk, row.quantity)
                for row in self.sheet.filled
                if row.product is not None and row.quantity is not None
            ],
            requested_on=values["requested_on"],
            ship_to_id=ship_to.pk if ship_to else None,
            customer_po=values["customer_po"],
            note=values["note"],
        )


def add_file(sheet: Sheet, file: UploadedFile[Any]) -> None:
    """Put the lines of a CSV or XLSX file behind those that are there.

    Raises:
        InvalidInput: nothing can be made of it; the message says why.
    """
    content = file.read() if (file.size or 0) <= MOST_BYTES else b""
    if not content:
        raise InvalidInput(_("The file is empty or larger than 2 MB."), field="file")
    file_format = format_of(content, file.name or "")
    if file_format not in TABLE_READERS:
        raise InvalidInput(_("Send a CSV or XLSX file with a header row."), field="file")
    try:
        check_size(len(content))
        tables = read_file(content, file_format).tables
    except Unreadable as error:
        raise InvalidInput(str(error), field="file") from None
    pairs = [
        pair
        for table in tables
        for pair in zip(table.texts("sku"), table.texts("quantity"), strict=False)
    ]
    kept = sheet.filled
    if len(kept) + len(pairs) > MAX_LINES:
        message = _("An order has %(limit)s lines at most. Split it.")
        raise InvalidInput(message % {"limit": MAX_LINES}, field="file")
    added = [Row(place=0, sku=sku, quantity_text=quantity) for sku, quantity in pairs if sku]
    sheet.rows = [*kept, *added]
    tidy(sheet)


MOST_BYTES = 2 * 1024 * 1024


def store(basket: Basket, do: str, actor: Actor) -> str:
    """Keep the basket, and hand it over when it is to be placed; return the order's number.

    Raises:
        OrderInvalid: with all that stands against it; nothing is kept.
        DraftChanged: somebody else at the customer has changed it since.
    """
    at, entered = clock.now(), basket.entered()
    if basket.order is not None:
        revision = basket.form.cleaned_data["revision"] or 0
        order = services.change_draft(
            basket.order.pk, entered=entered, revision=revision, at=at, actor=actor
        )
        if do == PLACE:
            order = services.submit_order(order.pk, channel=Channel.PORTAL, at=at, actor=actor)
        return order.number
    enter = services.place_order if do == PLACE else services.create_order
    order = enter(
        customer_id=basket.customer.pk,
        lines=entered.lines,
        channel=Channel.PORTAL,
        requested_on=entered.requested_on,
        ship_to_id=entered.ship_to_id,
        customer_po=entered.customer_po,
        owner_id=basket.customer.sales_rep_id,
        note=entered.note,
        at=at,
        actor=actor,
    )
    return order.number
