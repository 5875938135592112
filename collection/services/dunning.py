"""Letters to late payers: proposed by the daily run, sent by a person from the second level on."""

from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from collection import selectors
from collection.events import NoticeProposed, NoticeReleased
from collection.models import DunningNotice
from collection.services.behaviour import tell_behaviour
from customers.models import Customer
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service


class NoRecipient(DomainError):
    """There is no address to write to."""

    code = "no_recipient"


# A second run of the day finds the row; one at the same moment waits here, then finds it.
OPEN_RUN = """
    INSERT INTO collections_dunningrun (as_of, run_at) VALUES (%(as_of)s, %(at)s)
    ON CONFLICT DO NOTHING RETURNING id
"""
# `due`: each overdue, undisputed item with the highest level that it has reached, if that is
# above every level it has had; an item in a letter that still waits for a person gets no other.
# `chosen`: one letter per customer, of the highest level; items of a lower level follow on
# another day.
PROPOSE = """
WITH due AS (
    SELECT item.id, item.customer_id, item.currency, item.amount - item.applied AS balance,
           max(step.level) AS level
    FROM receivables_openitem item
    JOIN customers_customer customer ON customer.id = item.customer_id
    JOIN collections_dunninglevel step
      ON step.days <= %(as_of)s - item.due_on
     AND step.minimum_amount <= item.amount - item.applied
    WHERE item.state = 'open' AND item.due_on + customer.grace_days < %(as_of)s
      AND NOT EXISTS (SELECT FROM receivables_dispute dispute WHERE dispute.item_id = item.id
                      AND dispute.state IN ('open', 'investigating'))
      AND NOT EXISTS (SELECT FROM collections_dunneditem waiting
                      JOIN collections_dunningnotice letter ON letter.id = waiting.notice_id
                      WHERE waiting.item_id = item.id AND letter.state = 'proposed')
    GROUP BY item.id
    HAVING max(step.level) > COALESCE(
        (SELECT max(had.level) FROM collections_dunneditem had WHERE had.item_id = item.id), 0)
), chosen AS (
    SELECT DISTINCT ON (customer_id) customer_id, level, currency
    FROM due ORDER BY customer_id, level DESC, currency
), notice AS (
    INSERT INTO collections_dunningnotice
        (run_id, customer_id, level_id, currency, total, recipient, state, reason)
    SELECT %(run)s, customer_id, step.id, chosen.currency, sum(balance),
           COALESCE((SELECT contact.email FROM customers_contact contact
                     WHERE contact.customer_id = customer.id AND contact.role = 'payables'
                       AND contact.is_active AND contact.email <> ''
                     ORDER BY contact.id LIMIT 1), customer.email),
           'proposed', ''
    FROM due JOIN chosen USING (customer_id, level, currency)
    JOIN collections_dunninglevel step USING (level)
    JOIN customers_customer customer ON customer.id = customer_id
    GROUP BY customer_id, customer.id, step.id, chosen.currency
    RETURNING id, customer_id
), dunned AS (
    INSERT INTO collections_dunneditem (notice_id, item_id, level, balance)
    SELECT notice.id, due.id, due.level, due.balance
    FROM due JOIN chosen USING (customer_id, level, currency) JOIN notice USING (customer_id)
    RETURNING notice_id
)
SELECT notice.id, notice.customer_id, count(*)
FROM notice JOIN dunned ON dunned.notice_id = notice.id
GROUP BY notice.id, notice.customer_id ORDER BY notice.id
"""


@service
def run_dunning(as_of: date, *, at: datetime, actor: Actor) -> dict[str, int]:
    """Propose one letter to each customer with items that have reached a further level.

    A day is run once, whoever asks: again, or at the same moment, it does nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(OPEN_RUN, {"as_of": as_of, "at": at})
        run = cursor.fetchone()
        if run is None:
            return {"notices": 0, "items": 0}
        cursor.execute(PROPOSE, {"as_of": as_of, "run": run[0]})
        proposed = cursor.fetchall()
    for notice_id, customer_id, _items in proposed:
        label = f"{DunningNotice._meta.model_name}:{notice_id}"
        touches = [f"customer:{customer_id}"]
        audit.record(label, "create", at=at, actor=actor, touches=touches)
        publish(NoticeProposed(notice_id=notice_id, at=at, actor=actor))
    return {"notices": len(proposed), "items": sum(items for *_ids, items in proposed)}


@service
def send_notice(notice_id: int, *, at: datetime, actor: Actor) -> DunningNotice:
    """Let a letter go: it is mailed after the commit. If all is paid by now it is held back.

    Raises:
        NoRecipient: the customer has no address for it.
        TransitionNotAllowed: it was sent or held back already.
    """
    notice = _lock_notice(notice_id)
    if not notice.recipient:
        raise NoRecipient(
            _("%(customer)s has no e-mail address for letters: add one to the customer.")
            % {"customer": notice.customer}
        )
    if not selectors.items_to_dun(notice).exists():
        notice.withhold(reason=_("Paid or disputed since it was proposed."))
        return audit.save(notice, at=at, actor=actor, touches=[notice.customer.label])
    notice.start()
    audit.save(notice, at=at, actor=actor, touches=[notice.customer.label])
    publish(NoticeReleased(notice_id=notice.pk, at=at, actor=actor))
    return notice


@service
def confirm_notice(notice_id: int, *, at: datetime, actor: Actor) -> DunningNotice:
    """Note that the letter has left."""
    notice = _lock_notice(notice_id)
    notice.confirm(at=at)
    audit.save(notice, at=at, actor=actor, touches=[notice.customer.label])
    tell_behaviour(notice.customer_id, at=at)
    return notice


@service
def withhold_notice(notice_id: int, *, reason: str, at: datetime, actor: Actor) -> DunningNotice:
    """Hold a letter back, and say why.

    Raises:
        InvalidInput: no reason is given.
        TransitionNotAllowed: it was sent or held back already.
    """
    if not reason.strip():
        raise InvalidInput(_("Say why the letter is held back."), field="reason")
    notice = _lock_notice(notice_id)
    notice.withhold(reason=reason.strip())
    return audit.save(notice, at=at, actor=actor, touches=[notice.customer.label])


def _lock_notice(notice_id: int) -> DunningNotice:
    """Read a notice under its customer's lock: no payment and no other sender moves meanwhile."""
    customer_id = DunningNotice.objects.values_list("customer_id", flat=True).get(pk=notice_id)
    locks.lock(Customer, customer_id)
    return DunningNotice.objects.select_related("customer", "level").get(pk=notice_id)
