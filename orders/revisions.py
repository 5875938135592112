"""What was agreed on at each time: kept by the database itself, compared field by field."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orders.models import Order

# One order's content, of the row `o`: amounts and quantities as text, so that nothing is rounded.
CONTENT = """
jsonb_build_object(
    'customer_po', o.customer_po, 'requested_on', o.requested_on,
    'ship_to', o.ship_to_id, 'payment_terms', o.payment_terms_id,
    'net_amount', o.net_amount::text, 'tax_amount', o.tax_amount::text,
    'gross_amount', o.gross_amount::text,
    'lines', coalesce((
        SELECT jsonb_agg(jsonb_build_object(
                   'line', l.id, 'position', l.position, 'sku', l.sku,
                   'description', l.description, 'unit', l.unit,
                   'quantity', (l.ordered - l.cancelled)::text, 'unit_price', l.unit_price::text,
                   'net_amount', l.net_amount::text, 'requested_on', l.requested_on)
               ORDER BY l.position)
          FROM orders_orderline l WHERE l.order_id = o.id), '[]'::jsonb))
"""
READ = f"SELECT {CONTENT} FROM orders_order o WHERE o.id = %s"  # noqa: S608  our own text
# The first revision is what the order was before anybody changed it.
KEEP_BASE = f"""
    INSERT INTO orders_orderrevision (order_id, number, content, reason, made_at, made_by)
    SELECT o.id, o.revision, {CONTENT}, '', coalesce(o.submitted_at, o.created_at), ''
      FROM orders_order o
     WHERE o.id = %s AND NOT EXISTS (
           SELECT FROM orders_orderrevision known WHERE known.order_id = o.id)
"""  # noqa: S608  our own text
KEEP = f"""
    INSERT INTO orders_orderrevision
           (order_id, number, content, amendment_id, reason, made_at, made_by)
    SELECT o.id, o.revision, {CONTENT}, %s, %s, %s, %s FROM orders_order o WHERE o.id = %s
"""  # noqa: S608  our own text
HEADER = ("customer_po", "requested_on", "ship_to", "payment_terms")
OF_A_LINE = ("quantity", "unit_price", "requested_on")

NAMES = {
    "customer_po": gettext_lazy("PO number"),
    "requested_on": gettext_lazy("date asked for"),
    "ship_to": gettext_lazy("delivery address"),
    "payment_terms": gettext_lazy("payment terms"),
    "quantity": gettext_lazy("quantity"),
    "unit_price": gettext_lazy("price"),
}

Content = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that differs; `position` is the line's, None: the order's head.

    `before` or `after` None: there was no such line, or there is none any more.
    """

    position: int | None
    sku: str
    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        where = _("Line %(position)s (%(sku)s)") % {"position": self.position, "sku": self.sku}
        name = NAMES[self.field]
        text = f"{self.before or '—'} → {self.after or '—'}"
        return f"{where}, {name}: {text}" if self.position else f"{name}: {text}"


def content_of(order_id: int) -> Content:
    """Return what is agreed on now, as a revision would keep it.

    Raises:
        Order.DoesNotExist: no such order.
    """
    with connection.cursor() as cursor:
        cursor.execute(READ, [order_id])
        row = cursor.fetchone()
    if row is None:
        raise Order.DoesNotExist
    content: Content = json.loads(row[0])
    return content


def keep_base(order: Order) -> None:
    """Keep what was agreed on before the first change; call it before anything is written."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP_BASE, [order.pk])


def keep(
    order: Order, *, reason: str, at: datetime, made_by: str, amendment_id: int | None = None
) -> None:
    """Keep what is agreed on now as the order's revision, when all of it is written."""
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [amendment_id, reason, at, made_by, order.pk])


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Compare two contents: the head first, then line by line."""
    return [*_of_the_head(before, after), *_of_the_lines(before, after)]


def _of_the_head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in HEADER:
        if before[name] != after[name]:
            yield Difference(
                position=None, sku="", field=name, before=before[name], after=after[name]
            )


def _of_the_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old = {line["line"]: line for line in before["lines"]}
    new = {line["line"]: line for line in after["lines"]}
    known = {**new, **old}
    for key in sorted(known, key=lambda key: known[key]["position"]):
        was, now, line = old.get(key, {}), new.get(key, {}), known[key]
        for name in OF_A_LINE:
            if was.get(name) != now.get(name):
                yield Difference(
                    position=line["position"],
                    sku=line["sku"],
                    field=name,
                    before=was.get(name),
                    after=now.get(name),
                )
