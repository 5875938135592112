"""What order entry is told about stock: now, in part or from when on, and as soon as it changes."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from catalog.models import Product
from customers.models import Customer
from fulfillment import selectors, services
from fulfillment.promises import Answer, answers
from fulfillment.quantities import is_quantity
from o2c.kernel import clock
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.pages import action, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of
from orders.sheet import Row, read_sheet

# A call is over by then; what is ordered meanwhile keeps its goods by its allocation.
KEPT_FOR = timedelta(minutes=30)
# More lines than a person reads at a glance: those behind them are shown in their rows only.
MOST_WATCHED = 50
UNCHANGED = 204
# Lines and answers have changed at once: whatever of the rows is drawn already looks again.
BOTH_CHANGED = "stock-changed"


@page("fulfillment.view_stocklevel")
def availability(request: HttpRequest) -> HttpResponse:
    """Answer order entry: so many of this SKU now, a part, or none.

    With `line`, its row on the screen, the answer offers what can be done when there is too little.
    """
    sku = request.GET.get("sku", "").strip()
    wanted = quantity_typed(request.GET.get("quantity", ""))
    holders = _holders(request.GET.get("token", ""))
    [answer] = answers([(sku, wanted)], at=clock.now(), holders=holders)
    line = request.GET.get("line", "")
    context = {"answer": answer, "line": line if line.isdecimal() else ""}
    return render(request, "fulfillment/availability.html", context)


@action("fulfillment.view_stocklevel")
def watch(request: HttpRequest) -> HttpResponse:
    """Answer an open entry screen, every second: what stock says of its lines; 204: nothing new.

    When it is stock that has changed and not the lines, the rows are told in the same answer: many
    screens that each asked for every row would keep each other waiting.
    """
    return _panel(request)


@action("orders.enter_order")
def keep(request: HttpRequest) -> HttpResponse:
    """Keep back what is free of the lines for the customer on the screen, for half an hour."""
    now, token = clock.now(), request.POST.get("token", "")
    customer = Customer.objects.filter(pk=number_of(request.POST.get("customer", "")) or 0).first()
    try:
        wanted = _wanted(_rows(request))
        if customer is None or not token or not wanted:
            raise InvalidInput(
                _("Choose a customer and enter a line first: goods are kept back for somebody.")
            )
        services.reserve(
            _holders(token)[0],
            wanted,
            customer_id=customer.pk,
            expires_at=now + KEPT_FOR,
            at=now,
            actor=actor_of(request),
        )
    except DomainError as refused:
        return _panel(request, refusal=str(refused))
    return _panel(request)


def quantity_typed(text: str) -> Decimal:
    """Return what was typed as a quantity; one when it is none."""
    return _quantity_in(text) or Decimal(1)


def _quantity_in(text: str) -> Decimal | None:
    try:
        quantity = Decimal(text)
    except InvalidOperation:
        return None
    return quantity if is_quantity(quantity) else None


def _wanted(rows: Iterable[Row]) -> dict[int, Decimal]:
    """Return how much of which product the rows want.

    Raises:
        InvalidInput: a row has no quantity that can be kept back.
    """
    rows = list(rows)
    products = dict(
        Product.objects.filter(sku__in={row.sku for row in rows}).values_list("sku", "pk")
    )
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.sku not in products:
            continue
        quantity = _quantity_in(row.quantity_text)
        if quantity is None:
            raise InvalidInput(
                _("%(sku)s: enter a quantity above zero, with three decimals at most.")
                % {"sku": row.sku}
            )
        wanted[products[row.sku]] += quantity
    return wanted


def _panel(request: HttpRequest, *, refusal: str = "") -> HttpResponse:
    now, rows = clock.now(), _rows(request)
    lines = [(row.sku, quantity_typed(row.quantity_text)) for row in rows]
    holders = _holders(request.POST.get("token", ""))
    pairs = list(zip(rows, answers(lines, at=now, holders=holders), strict=True))
    found = [answer for _row, answer in pairs if answer is not None]
    until = selectors.kept_until(holders, at=now) if holders else None
    asked, told = _print_of(lines), _print_of([_facts(answer) for answer in found] + [until])
    seen_asked, _dot, seen_told = request.POST.get("seen", "").partition(".")
    if (seen_asked, seen_told) == (asked, told) and not refusal:
        return HttpResponse(status=UNCHANGED)
    context = {
        "answers": found,
        "rows": _shown(pairs) if seen_asked == asked and seen_told != told else [],
        "until": until,
        "refusal": refusal,
        "seen": f"{asked}.{told}",
    }
    status = UNPROCESSABLE if refusal else 200
    response = render(request, "fulfillment/watch.html", context, status=status)
    if seen_asked and asked != seen_asked and told != seen_told:
        response["HX-Trigger"] = BOTH_CHANGED
    return response


def _shown(pairs: list[tuple[Row, Answer | None]]) -> list[tuple[Row, Answer]]:
    """Return the rows that have a place for what stock says: those of a product and a quantity."""
    return [
        (row, answer)
        for row, answer in pairs
        if answer is not None and row.quantity_text == f"{answer.wanted:f}"
    ]


def _rows(request: HttpRequest) -> list[Row]:
    """Return the rows that are filled in."""
    rows = read_sheet(request.POST).rows[:MOST_WATCHED]
    return [row for row in rows if row.sku and row.quantity_text]


def _holders(token: str) -> list[str]:
    """Return under which name goods are kept back for a screen."""
    return [f"entry:{token}"[:60]] if token else []


def _facts(answer: Answer) -> tuple[str, Decimal, object]:
    return answer.sku, answer.free, answer.rest_on


def _print_of(facts: object) -> str:
    """Return a short name of these facts: it differs when they do."""
    return hashlib.blake2s(json.dumps(facts, default=str).encode(), digest_size=8).hexdigest()
