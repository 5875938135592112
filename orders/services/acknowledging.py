"""Confirming an order to its buyer: one document for all that it says, kept, and sent once."""

from datetime import datetime

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from o2c.kernel import audit, files
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.models import StoredFile
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders.documents import Said, draw_acknowledgement, said_of
from orders.events import PromiseMoved
from orders.models import Acknowledgement, Order
from orders.selectors import tax_certificate_of
from orders.services.locking import lock_order

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

    Drawing happens outside of any lock; of two at once one is kept.

    Raises:
        Order.DoesNotExist: no such order.
        NotConfirmed: it waits, or never was confirmed.
    """
    related = Order.objects.select_related("customer", "ship_to", "payment_terms")
    order = related.get(pk=order_id)
    if order.state not in Order.CONFIRMED:
        return _last_said(order)
    company = the_company()
    lines = list(order.lines.order_by("position", "pk"))
    certificate = tax_certificate_of(order, [line.tax_category for line in lines])
    said = said_of(order, lines, company, certificate=certificate)
    kept = _known(order, said)
    while kept is None:
        serial = _next_serial(order)
        document = draw_acknowledgement(said, serial=serial, made_on=local_date(at, company))
        kept = _keep(order_id, said, document, serial=serial, at=at)
    return kept


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
) -> Acknowledgement | None:
    """Keep what was drawn; None when another document has taken its serial meanwhile."""
    order = lock_order(order_id)
    known = _known(order, said)
    if known is not None or serial != _next_serial(order):
        return known
    name = f"{order.number}-{serial}.pdf" if serial > 1 else f"{order.number}.pdf"
    return Acknowledgement.objects.create(
        order=order,
        serial=serial,
        fingerprint=said.fingerprint,
        days=said.days,
        file=files.store(document, name=name, media_type="application/pdf"),
        made_at=at,
    )


def _next_serial(order: Order) -> int:
    last: int | None = order.acknowledgements.aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1


def _known(order: Order, said: Said) -> Acknowledgement | None:
    found = Acknowledgement.objects.select_related("file")
    return found.filter(order=order, fingerprint=said.fingerprint).first()


def _last_said(order: Order) -> Acknowledgement:
    last = order.acknowledgements.select_related("file").order_by("-serial").first()
    if last is None:
        raise NotConfirmed(
            _("%(order)s is not confirmed yet: it is %(state)s.")
            % {"order": order, "state": str(order.get_state_display()).lower()}
        )
    return last
