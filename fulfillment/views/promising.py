"""What order entry is told about stock: now, in part or from when on, and as soon as it changes."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from catalog.models import Product
from customers.models import Customer
from fulfillment import services
from fulfillment.answers import Asked, answers, last_days, products_of
from fulfillment.board import THE_BOARD, Sight
from fulfillment.panel import draw
from fulfillment.promises import arrivals
from fulfillment.screens import (
    Screen,
    day_asked,
    holders_of,
    quantity_in,
    quantity_typed,
    screen_of,
)
from fulfillment.seen import Admission
from o2c.kernel import clock
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.pages import action, page
from o2c.kernel.requests import actor_of, number_of
from o2c.kernel.standing import standing_of

# A call is over by then; what is ordered meanwhile keeps its goods by its allocation.
KEPT_FOR = timedelta(minutes=30)
Look = Callable[..., Sight]


@page("fulfillment.view_stocklevel")
def availability(request: HttpRequest) -> HttpResponse:
    """Answer order entry: so many of this SKU now, a part, or none.

    It is asked for the `day` of a row, or else for that of the order, `requested_on`. With `line`,
    its row on the screen, the answer offers what can be done when there is too little.
    """
    sku = request.GET.get("sku", "").strip()
    wanted = quantity_typed(request.GET.get("quantity", ""))
    holders = holders_of(request.GET.get("token", ""))
    now = clock.now()
    asked = Asked(sku, wanted, day_asked(request.GET, at=now))
    [answer] = answers([asked], at=now, holders=holders)
    line = request.GET.get("line", "")
    context = {"answer": answer, "line": line if line.isdecimal() else ""}
    return render(request, "fulfillment/availability.html", context)


@action("fulfillment.view_stocklevel")
def watch(request: HttpRequest) -> HttpResponse:
    """Answer an open entry screen: what stock says of its lines.

    It asks twice a second, and most times `middleware.watched_stock` answers instead.
    """
    return _panel(request, screen_of(request), THE_BOARD.look)


@action("orders.enter_order")
def keep(request: HttpRequest) -> HttpResponse:
    """Keep back what is free of the lines for the customer on the screen, for half an hour."""
    now, screen = clock.now(), screen_of(request)
    customer = Customer.objects.filter(pk=number_of(request.POST.get("customer", "")) or 0).first()
    try:
        wanted, leaving = _wanted(screen, at=now)
        if customer is None or not screen.holders or not wanted:
            raise InvalidInput(
                _("Choose a customer and enter a line first: goods are kept back for somebody.")
            )
        services.reserve(
            screen.holders[0],
            wanted,
            customer_id=customer.pk,
            expires_at=now + KEPT_FOR,
            leaving=leaving,
            at=now,
            actor=actor_of(request),
        )
    except DomainError as refused:
        return _panel(request, screen, THE_BOARD.look, refusal=str(refused))
    return _panel(request, screen, THE_BOARD.look_anew)


def _wanted(screen: Screen, *, at: datetime) -> tuple[dict[int, Decimal], dict[int, date]]:
    """Return how much of which product the rows want, and by product the last day they leave on.

    Raises:
        InvalidInput: a row has no quantity that can be kept back.
    """
    rows = screen.rows
    products = dict(
        Product.objects.filter(sku__in={row.sku for row in rows}).values_list("sku", "pk")
    )
    keys = [products.get(row.sku, 0) for row in rows]
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for row, key in zip(rows, keys, strict=True):
        if not key:
            continue
        quantity = quantity_in(row.quantity_text)
        if quantity is None:
            raise InvalidInput(
                _("%(sku)s: enter a quantity above zero, with three decimals at most.")
                % {"sku": row.sku}
            )
        wanted[key] += quantity
    return wanted, last_days(screen.lines(at=at), keys, arrivals(at=at))


def _panel(request: HttpRequest, screen: Screen, look: Look, *, refusal: str = "") -> HttpResponse:
    assert request.user.is_authenticated
    now, keys = clock.now(), products_of([row.sku for row in screen.rows])
    standing = standing_of(request.user)
    admission = Admission(standing.user_id, standing.proof, keys, now.timestamp())
    sight = look(admission.products, at=now)
    return draw(screen, admission, sight, refusal=refusal)
