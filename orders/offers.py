"""What pages and systems ask about quotes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from o2c.kernel.models import AuditEntry
from o2c.kernel.text import fold
from o2c.kernel.ui.dates import day_text
from o2c.kernel.ui.figures import Text, price, quantity
from orders.models import Quote, QuoteLine

PAGE = 50
MOST_FOUND = 200
HISTORY = 12
# From how many days on before its end a quote is worth a call.
SOON = timedelta(days=7)
VIEWS = ("draft", "sent", "expiring", "accepted", "rejected", "expired")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference between two revisions, for people."""

    what: str
    before: Text
    after: Text


def quotes(
    *, view: str = "", text: str = "", before: int | None = None, today: date
) -> tuple[list[Quote], int | None]:
    """Return a page of current revisions, newest first, and where the next page begins."""
    found = Quote.objects.select_related("customer", "owner", "order")
    found = found.exclude(state=Quote.State.REPLACED)
    if view == "expiring":
        found = found.filter(state=Quote.State.SENT, valid_until__lte=today + SOON)
    elif view in VIEWS:
        found = found.filter(state=view)
    if text:
        found = found.filter(_matching(text))
    if before is not None:
        found = found.filter(pk__lt=before)
    shown = list(found.order_by("-pk")[: PAGE + 1])
    return shown[:PAGE], shown[PAGE - 1].pk if len(shown) > PAGE else None


def counts(*, today: date) -> dict[str, int]:
    """Return how many quotes are drafts, and how many run out soon."""
    sent = Quote.objects.filter(state=Quote.State.SENT, valid_until__lte=today + SOON)
    return {
        "draft": Quote.objects.filter(state=Quote.State.DRAFT).count(),
        "expiring": sent.count(),
    }


def quote_for_page(number: str, revision: int | None = None) -> Quote:
    """Return a revision of a quote, the latest unless asked for another.

    Raises:
        Quote.DoesNotExist: no such quote or revision.
    """
    related = Quote.objects.select_related(
        "customer__payment_terms", "ship_to", "payment_terms", "owner", "order"
    ).filter(number=number)
    found = related if revision is None else related.filter(revision=revision)
    quote = found.order_by("-revision").first()
    if quote is None:
        raise Quote.DoesNotExist
    return quote


def revisions_of(quote: Quote) -> QuerySet[Quote]:
    """Return every revision of the quote's number, the latest first."""
    return Quote.objects.filter(number=quote.number).order_by("-revision")


def lines_of_quote(quote: Quote) -> list[QuoteLine]:
    return list(quote.lines.select_related("product").order_by("position"))


def history_of(quote: Quote) -> QuerySet[AuditEntry]:
    """Return the latest acts that concern a revision."""
    entries = AuditEntry.objects.filter(objects_touched__contains=[quote.label])
    return entries.order_by("-pk")[:HISTORY]


def quotes_of(customer: Customer) -> QuerySet[Quote]:
    """Return what a customer may see of its quotes: what has left the house, newest first."""
    sent = Quote.objects.filter(customer=customer, sent_at__isnull=False)
    return sent.select_related("ship_to", "payment_terms", "order").order_by("-pk")


def differences(
    old: Quote, new: Quote, old_lines: Sequence[QuoteLine], new_lines: Sequence[QuoteLine]
) -> list[Change]:
    """Say what a revision changed: its head, then line by line, by product."""
    changes = [*_head(old, new)]
    before = {line.product_id: line for line in old_lines}
    after = {line.product_id: line for line in new_lines}
    for key, line in after.items():
        was = before.get(key)
        if was is None:
            changes.append(Change(what=line.sku, before="—", after=_terms_of(line, new.currency)))
        elif (was.quantity, was.unit_price) != (line.quantity, line.unit_price):
            changes.append(
                Change(
                    what=line.sku,
                    before=_terms_of(was, old.currency),
                    after=_terms_of(line, new.currency),
                )
            )
    gone = [line for key, line in before.items() if key not in after]
    return changes + [
        Change(what=line.sku, before=_terms_of(line, old.currency), after="—") for line in gone
    ]


def _head(old: Quote, new: Quote) -> list[Change]:
    pairs = [
        (_("valid until"), day_text(old.valid_until), day_text(new.valid_until)),
        (_("terms"), str(old.payment_terms), str(new.payment_terms)),
        (_("ship to"), str(old.ship_to), str(new.ship_to)),
        (_("may be taken in part"), _yes(old), _yes(new)),
        (_("note"), old.note or "—", new.note or "—"),
    ]
    return [
        Change(what=what, before=before, after=after)
        for what, before, after in pairs
        if before != after
    ]


def _yes(quote: Quote) -> str:
    return _("yes") if quote.allows_part else _("no")


def _terms_of(line: QuoteLine, currency: str) -> str:
    return f"{quantity(line.quantity)} × {price(line.unit_price, currency)}"


def _matching(text: str) -> Q:
    named = Q()
    for word in fold(text).split():
        named &= Q(folded_name__contains=word)
    customers = Customer.objects.filter(named).values_list("pk", flat=True)[:MOST_FOUND]
    return Q(number__startswith=text.strip().upper()) | Q(customer__in=list(customers))


def prices_of(quote: Quote) -> list[tuple[str, Decimal, Decimal]]:
    """Return what is offered, line by line: SKU, quantity, price."""
    lines = quote.lines.order_by("position")
    return list(lines.values_list("product__sku", "quantity", "unit_price"))
