"""The order entry screen as it was sent: what the services take of it, and how it differs."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from o2c.kernel import clock
from orders.forms import EntryForm
from orders.models import Order
from orders.screens import EntryScreen
from orders.services import Entered, NewLine
from orders.services.background import house_of
from orders.services.entries import Typed, screen_of
from orders.sheet import Row, sheet_of_draft
from orders.sheet_prices import price_sheet

# What is no entry of anybody's: it belongs to the sending.
NOT_TYPED = ("csrfmiddlewaretoken", "do", "typed", "pasted")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that two people have changed: as it is stored, and as this one typed it."""

    what: str
    theirs: str
    mine: str


@dataclass
class Screen(EntryScreen[EntryForm]):
    """What is on the screen; `order` None: it is not stored yet."""

    order: Order | None = None
    differences: list[Difference] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The screen's name among those of its author."""
        return screen_of(self.order) if self.order else str(self.form["token"].value())[:64]

    def price(self) -> None:
        ship_to, house = self.form.ship_to_now(), house_of(clock.now())
        price_sheet(self.sheet, self.customer, ship_to, on=self.today, house=house)

    def entered(self) -> Entered:
        """Return what the services take. Only for a screen without errors."""
        values = self.form.cleaned_data
        return Entered(
            lines=[_new_line(row) for row in self.sheet.filled],
            requested_on=values["requested_on"],
            ship_to_id=values["ship_to"].pk if values["ship_to"] else None,
            customer_po=values["customer_po"],
            note=values["note"],
        )

    def typed(self, data: QueryDict) -> Typed:
        """Return the screen as it is to be kept; nothing of it while nobody has typed."""
        content = {name: str(data[name]) for name in data if name not in NOT_TYPED}
        return Typed(
            screen=self.name, order=self.order, content=content if data.get("typed") else {}
        )

    def compare(self, stored: Order) -> None:
        """Note how the stored draft differs from what was typed, line by line."""
        theirs = sheet_of_draft(stored)
        head = [
            (_("Customer PO"), stored.customer_po, self._typed("customer_po")),
            (_("Deliver on"), stored.requested_on.isoformat(), self._typed("requested_on")),
            (_("Note"), stored.note, self._typed("note")),
        ]
        mine = self.sheet.filled
        lines = [
            (
                _("Line %(number)s") % {"number": place + 1},
                _told(theirs.rows, place),
                _told(mine, place),
            )
            for place in range(max(len(theirs.rows), len(mine)))
        ]
        self.differences = [
            Difference(what=what, theirs=was, mine=now)
            for what, was, now in head + lines
            if was != now
        ]

    def context(self) -> dict[str, Any]:
        days = (row.earliest_on for row in self.sheet.filled if row.earliest_on)
        earliest, asked = max(days, default=None), self.form.day_now()
        wanted = (row.wanted_on or asked for row in self.sheet.filled)
        return {
            **super().context(),
            "order": self.order,
            "is_stored": self.order is not None,
            "preview": reverse("orders:preview"),
            "total_label": _("Order total"),
            "screen": self,
            "earliest_on": earliest,
            "first_wanted_on": min((day for day in wanted if day), default=asked),
            "is_too_early": bool(earliest and asked and asked < earliest),
        }

    def _typed(self, name: str) -> str:
        return str(self.form[name].value() or "").strip()


def _new_line(row: Row) -> NewLine:
    assert row.product is not None  # a screen without errors has found it
    assert row.quantity is not None
    listed = row.price.list_amount if row.price else None
    is_agreed = row.override is not None and row.override != listed
    return NewLine(
        row.product.pk,
        row.quantity,
        unit_price=row.override if is_agreed else None,
        requested_on=row.wanted_on,
        price_reason=row.reason if is_agreed else "",
        customer_part=row.customer_part,
    )


def _told(rows: list[Row], place: int) -> str:
    if place >= len(rows):
        return "—"
    row = rows[place]
    special = (row.price_text, row.reason, row.date_text)
    return " · ".join(part for part in (f"{row.quantity_text} × {row.sku}", *special) if part)
