"""Confirming an order to its buyer: one document for all that it says, kept, and sent once."""

from collections.abc import Collection
from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.models import Company, StoredFile
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.documents import Said, bill_to_of, draw_acknowledgement, said_of
from orders.events import PromiseMoved
from orders.models import Acknowledgement, Order, OrderLine
from orders.selectors import tax_certificate_of
from orders.services.locking import lock_order

READ_WITH = ("customer", "ship_to", "payment_terms")
# Open orders with a line that comes later than the buyer was told last, by mail or as a partner.
MOVED = """
WITH said AS (
    SELECT order_id, days, sent_at AS at, serial AS rank FROM orders_acknowledgement
     WHERE sent_at IS NOT NULL
     UNION ALL
    SELECT order_id, days, created_at, id FROM orders_partnermessage
     WHERE order_id IS NOT NULL AND days IS NOT NULL),
told AS (
    SELECT DISTINCT ON (s.order_id) s.order_id, s.days FROM said AS s
      JOIN orders_order AS o ON o.id = s.order_id
     WHERE o.state IN ('released', 'fulfilling')
     ORDER BY s.order_id, s.at DESC, s.rank DESC)
SELECT told.order_id, array_agg(l.id ORDER BY l.id) FROM told
  JOIN orders_orderline AS l ON l.order_id = told.order_id
 WHERE l.ordered - l.cancelled > l.shipped
   AND l.expected_on > (told.days ->> l.id::text)::date
 GROUP BY told.order_id ORDER BY told.order_id
"""


class NotConfirmed(DomainError):
    """Only a confirmed order has a confirmation."""

    code = "order_not_confirmed"


def acknowledgement_pdf(order_id: int, *, at: datetime) -> StoredFile:
    """Return the order's confirmation as PDF; the same order saying the same is drawn once.

    Raises:
        Order.DoesNotExist: no such order.
        NotConfirmed: it waits, or never was confirmed.
    """
    return acknowledgement_of(order_id, at=at).file


def acknowledgement_of(order_id: int, *, at: datetime) -> Acknowledgement:
    """Return what confirms the order as it stands now; of a cancelled one, what was said last.

    Raises:
        Order.DoesNotExist: no such order.
        NotConfirmed: it waits, or never was confirmed.
    """
    order = Order.objects.select_related(*READ_WITH).get(pk=order_id)
    kept = _acknowledgements([order], at=at)
    if order.pk not in kept:
        raise not_confirmed(order)
    return kept[order.pk]


def acknowledgements_of(order_ids: Collection[int], *, at: datetime) -> dict[int, Acknowledgement]:
    """Return what confirms each of these orders, by order; what is not confirmed is left out.

    As many statements for many orders as for one, unless one has to be drawn.
    """
    orders = Order.objects.select_related(*READ_WITH).filter(pk__in=order_ids)
    return _acknowledgements(list(orders.order_by("pk")), at=at)


def not_confirmed(order: Order) -> NotConfirmed:
    """Return the refusal that an order has no confirmation."""
    return NotConfirmed(
        _("%(order)s is not confirmed yet: it is %(state)s.")
        % {"order": order, "state": str(order.get_state_display()).lower()}
    )


def _acknowledgements(orders: Collection[Order], *, at: datetime) -> dict[int, Acknowledgement]:
    """Draw what is not drawn yet, outside of any lock; of two drawn at once one is kept."""
    company = the_company()
    said = _said_by([order for order in orders if order.state in Order.CONFIRMED], company)
    kept = _known(said) | _last_said([order for order in orders if order.pk not in said])
    for order_id, words in said.items():
        while order_id not in kept:
            serial = _next_serial(order_id)
            document = draw_acknowledgement(words, serial=serial, made_on=local_date(at, company))
            kept |= _keep(order_id, words, document, serial=serial, at=at)
    return kept


def _said_by(orders: Collection[Order], company: Company) -> dict[int, Said]:
    """Return what the confirmation of each order says as it stands now."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for line in OrderLine.objects.filter(order__in=lines).order_by("position", "pk"):
        lines[line.order_id].append(line)
    places = bill_to_of({order.customer_id for order in orders})
    return {
        order.pk: said_of(
            order,
            lines[order.pk],
            company,
            bill_to=places.get(order.customer_id),
            certificate=tax_certificate_of(order, [line.tax_category for line in lines[order.pk]]),
        )
        for order in orders
    }


@service
def note_acknowledged(
    acknowledgement_id: int, *, recipient: str, at: datetime, actor: Actor
) -> None:
    """Note that a confirmation has left for the buyer."""
    found = Acknowledgement.objects.get(pk=acknowledgement_id)
    order = lock_order(found.order_id)
    told = Acknowledgement.objects.filter(pk=acknowledgement_id, sent_at=None).update(sent_at=at)
    if told:
        changes = {"confirmation": (None, f"{found.serial}: {recipient}")}
        audit.record(order.label, "acknowledge", at=at, actor=actor, changes=changes)


@service
def announce_moved_promises(*, at: datetime, actor: Actor) -> int:
    """Announce each open order of which a line comes later than the buyer was told last.

    Once a day and order, however often stock was shared out anew in between; an order whose
    change has been mailed is not announced again.
    """
    with connection.cursor() as cursor:
        cursor.execute(MOVED)
        moved = cursor.fetchall()
    for order_id, line_ids in moved:
        publish(PromiseMoved(order_id=order_id, line_ids=line_ids, at=at, actor=actor))
    return len(moved)


@service
def _keep(
    order_id: int, said: Said, document: bytes, *, serial: int, at: datetime
) -> dict[int, Acknowledgement]:
    """Keep what was drawn; nothing when another document has taken its serial meanwhile."""
    order = lock_order(order_id)
    known = _known({order_id: said})
    if known or serial != _next_serial(order_id):
        return known
    name = f"{order.number}-{serial}.pdf" if serial > 1 else f"{order.number}.pdf"
    kept = Acknowledgement.objects.create(
        order=order,
        serial=serial,
        fingerprint=said.fingerprint,
        days=said.days,
        file=files.store(document, name=name, media_type="application/pdf"),
        made_at=at,
    )
    return {order_id: kept}


def _next_serial(order_id: int) -> int:
    told = Acknowledgement.objects.filter(order=order_id)
    last: int | None = told.aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _known(said: dict[int, Said]) -> dict[int, Acknowledgement]:
    """Return what was drawn already of what is said now."""
    words = {order_id: one.fingerprint for order_id, one in said.items()}
    found = Acknowledgement.objects.select_related("file", "order")
    told = found.filter(order__in=words, fingerprint__in=words.values()) if words else ()
    return {one.order_id: one for one in told if one.fingerprint == words[one.order_id]}


def _last_said(orders: Collection[Order]) -> dict[int, Acknowledgement]:
    """Return what was said last of orders that do not stand confirmed now."""
    if not orders:
        return {}
    told = Acknowledgement.objects.select_related("file", "order").filter(order__in=orders)
    return {one.order_id: one for one in told.order_by("order", "-serial").distinct("order")}
