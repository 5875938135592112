"""The list of orders: saved views, filters, and what each row shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from o2c.kernel.text import fold
from o2c.kernel.ui.figures import Text
from orders.models import Channel, Order, OrderFinding, OrderLine
from reporting.models import SavedView
from reporting.order.progress import Progress, progress_of, since_of
from reporting.selectors.credit_words import credit_word, latest_outcomes
from reporting.selectors.facts import Facts, facts_of
from reporting.selectors.paging import page_of

State = Order.State
PAGE_SIZE = 50
EXPORT_SIZE = 10_000

MOVING = (State.RELEASED, State.FULFILLING)
LIVE = (State.DRAFT, *Order.OPEN, State.INVOICED)
OVER = (State.CLOSED, State.CANCELLED, State.DECLINED)

# Parameter of the page → column, for heads that sort.
SORTS = {
    "number": "pk",
    "customer": "customer__folded_name",
    "requested": "requested_on",
    "total": "gross_amount",
}
NEWEST = "-number"


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody asked for; empty means everything."""

    view: str = "open"
    text: str = ""
    state: str = ""
    customer: str = ""
    requested_to: date | None = None
    owner: int | None = None
    channel: str = ""
    total_from: Decimal | None = None
    has_findings: bool = False
    sort: str = NEWEST
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class View:
    """A saved view; `count` is None where counting would read every order there is."""

    key: str
    name: Text
    count: int | None = None
    # Of one that somebody has saved: what it asks for, and the view itself.
    query: str = ""
    saved: SavedView | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    order: Order
    facts: Facts
    progress: Progress
    is_late: bool
    # Since when it is in its stage; what credit control said last, empty: nothing yet.
    since: datetime | date | None
    credit: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    rows: list[Row]
    after: str


def views_of(
    user_id: int, *, today: date, saved: Sequence[tuple[SavedView, Filters]] = ()
) -> list[View]:
    """Return the views with their counts, those that people have saved too: in one statement
    over what is not over.
    """
    conditions = _conditions(user_id, today)
    wanted = {key: condition for key, (_name, condition) in conditions.items()}
    for view, filters in saved:
        if filters.view in conditions:
            wanted[f"saved_{view.pk}"] = condition_of(filters, user_id=user_id, today=today)
    live = Order.objects.filter(state__in=LIVE)
    counts = live.aggregate(
        **{key: Count("pk", filter=condition) for key, condition in wanted.items()}
    )
    return [
        *(View(key=k, name=name, count=counts[k]) for k, (name, _q) in conditions.items()),
        View(key="over", name=_("Closed")),
        View(key="all", name=_("All")),
        *(
            View(
                key=f"saved_{view.pk}",
                name=view.name,
                count=counts.get(f"saved_{view.pk}"),
                query=f"{view.query}&saved={view.pk}",
                saved=view,
            )
            for view, _filters in saved
        ),
    ]


def orders_of(filters: Filters, *, user_id: int, today: date) -> "QuerySet[Order]":
    """Return the orders that the filters let through, with customer and owner."""
    orders = Order.objects.select_related("customer", "owner")
    return orders.filter(condition_of(filters, user_id=user_id, today=today))


def condition_of(filters: Filters, *, user_id: int, today: date) -> Q:
    """Return what an order must be to pass the filters."""
    condition = _view_condition(filters.view, user_id, today)
    wanted = {
        "state": filters.state if filters.state in State.values else "",
        "customer__number": filters.customer,
        "requested_on__lte": filters.requested_to,
        "owner": filters.owner,
        "channel": filters.channel if filters.channel in Channel.values else "",
        "gross_amount__gte": filters.total_from,
    }
    for name, value in wanted.items():
        if value not in ("", None):
            condition &= Q(**{name: value})
    if filters.has_findings:
        condition &= Q(Exists(_open_findings()))
    return condition & _words(filters.text) if filters.text else condition


def list_orders(filters: Filters, *, user_id: int, today: date, size: int) -> Listing:
    """Return one page of the list, in three statements."""
    found = orders_of(filters, user_id=user_id, today=today)
    page = page_of(found, sort=_column(filters.sort), after=filters.after, size=size)
    return Listing(rows=rows_of(page.rows, today=today), after=page.after)


def rows_of(orders: Iterable[Order], *, today: date) -> list[Row]:
    """Say how far each order is, in two statements."""
    held = list(orders)
    facts = facts_of([order.pk for order in held])
    outcomes = latest_outcomes([order.pk for order in held])
    return [_row(order, facts[order.pk], outcomes.get(order.pk, ""), today) for order in held]


def _row(order: Order, facts: Facts, outcome: str, today: date) -> Row:
    progress = progress_of(order.state, facts)
    date_now = facts.expected_on or facts.promised_on
    is_moving = order.state in Order.OPEN and order.state not in {State.SHIPPED, State.DELIVERED}
    return Row(
        order=order,
        facts=facts,
        progress=progress,
        since=since_of(order, progress, facts),
        credit=credit_word(order, outcome),
        is_late=is_moving
        and ((date_now or order.requested_on) > order.requested_on or order.requested_on < today),
    )


def _column(sort: str) -> str:
    name = sort.removeprefix("-")
    if name not in SORTS:
        return _column(NEWEST)
    return f"-{SORTS[name]}" if sort.startswith("-") else SORTS[name]


def _conditions(user_id: int, today: date) -> dict[str, tuple[Text, Q]]:
    is_open = Q(state__in=Order.OPEN)
    return {
        "open": (_("All open"), is_open),
        "mine": (_("My orders"), Q(owner=user_id) & (is_open | Q(state=State.DRAFT))),
        "drafts": (_("Drafts"), Q(state=State.DRAFT)),
        "review": (_("In review"), Q(state=State.IN_REVIEW)),
        "hold": (_("Credit hold"), Q(state=State.ON_HOLD)),
        "late": (_("Late risk"), is_open & Q(Exists(_late_lines(today)))),
        "ready": (_("Ready to pick"), Q(state__in=MOVING) & Q(Exists(_ready_lines()))),
        "short": (_("Backordered"), Q(state__in=MOVING) & Q(Exists(_short_lines()))),
        "bill": (_("To invoice"), is_open & Q(Exists(_unbilled_lines()))),
        "invoiced": (_("Invoiced"), Q(state=State.INVOICED)),
    }


def _view_condition(view: str, user_id: int, today: date) -> Q:
    conditions = _conditions(user_id, today)
    if view in conditions:
        return conditions[view][1]
    return Q(state__in=OVER) if view == "over" else Q()


def _open_findings() -> "QuerySet[OrderFinding]":
    return OrderFinding.objects.filter(order=OuterRef("pk"), state=OrderFinding.State.OPEN)


def _lines() -> "QuerySet[OrderLine]":
    return OrderLine.objects.filter(order=OuterRef("pk"))


def _late_lines(today: date) -> "QuerySet[OrderLine]":
    """Lines with something to ship that comes after the day asked for, or is past it now."""
    unshipped = _lines().filter(ordered__gt=F("cancelled") + F("shipped"))
    coming = Coalesce("expected_on", "promised_on", "requested_on")
    return unshipped.alias(coming_on=coming).filter(
        Q(coming_on__gt=F("requested_on")) | Q(requested_on__lt=today)
    )


def _ready_lines() -> "QuerySet[OrderLine]":
    """Lines with stock that is on no pick list yet."""
    return _lines().filter(allocated__gt=F("picking") - F("shipped"))


def _short_lines() -> "QuerySet[OrderLine]":
    return _lines().filter(ordered__gt=F("cancelled") + F("shipped") + F("allocated"))


def _unbilled_lines() -> "QuerySet[OrderLine]":
    return _lines().filter(shipped__gt=F("invoiced"))


def _words(text: str) -> Q:
    """Find by number, customer, the customer's PO number, or the SKU of a line."""
    wanted = text.strip()
    named = Q()
    for word in fold(wanted).split():
        named &= Q(customer__folded_name__contains=word)
    with_sku = _lines().filter(product__sku__istartswith=wanted)
    return (
        named
        | Q(number__startswith=wanted.upper())
        | Q(customer__number=wanted.upper())
        | Q(customer_po__icontains=wanted)
        | Q(Exists(with_sku))
    )
