"""Apply cash to open items, and take applications back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from credit import services as credit
from credit.models import ExposureEntry
from customers.models import Customer
from o2c.kernel import audit, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock, lock_many
from o2c.kernel.money import ZERO, round_money
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from orders import services as orders
from orders.models import Order
from receivables import selectors
from receivables.events import CashApplied, CashReversed
from receivables.models import Application, LedgerAccount, OpenItem
from receivables.selectors import Claim
from receivables.services.items import settle_paid_orders
from receivables.services.ledger import Line, post_each

# The state and the day go with the amount: a constraint ties the three together.
MOVE = """
    UPDATE receivables_openitem AS item
       SET applied = moved.applied, state = moved.state, settled_on = moved.settled_on
      FROM unnest(%s::bigint[], %s::numeric[], %s::text[], %s::date[])
           AS moved (id, applied, state, settled_on)
     WHERE item.id = moved.id
"""


class OverApplied(DomainError):
    """More was to be applied than the item still owes."""

    code = "over_applied"


class ReversedAlready(DomainError):
    """The application was taken back before, or is itself such a reversal."""

    code = "reversed_already"


@dataclass(frozen=True, kw_only=True)
class Movement:
    """One change of items, by applying or by taking back."""

    customer_id: int
    claims: Mapping[int, Claim]
    items: Mapping[int, OpenItem]
    on: date
    at: datetime
    actor: Actor


@service
def apply_cash(
    *,
    customer_id: int,
    source: str,
    amounts: Mapping[int, Decimal],
    applied_on: date,
    at: datetime,
    actor: Actor,
) -> list[Application]:
    """Apply cash of `source` to a customer's items, `{item id: amount}`; settle what is paid.

    An order closes with its last item. The statements do not depend on the number of items.

    Raises:
        OpenItem.DoesNotExist: an item is not this customer's, or not there.
        InvalidInput: an amount is not positive, or finer than the currency.
        OverApplied: an amount is more than its item's balance.
    """
    if not amounts:
        return []
    move = _hold(customer_id, amounts, on=applied_on, at=at, actor=actor)
    settled = _apply(move, amounts)
    _save(move, source=source)
    applications = [
        Application(item=item, source=source, amount=amounts[pk], applied_on=applied_on, at=at)
        for pk, item in move.items.items()
    ]
    rows.insert(applications)
    _enter(move, applications)
    settle_paid_orders({move.claims[pk].order_id for pk in settled}, at=at, actor=actor)
    publish(
        CashApplied(
            customer_id=customer_id,
            item_ids=list(move.items),
            settled_ids=settled,
            at=at,
            actor=actor,
        )
    )
    return applications


def _apply(move: Movement, amounts: Mapping[int, Decimal]) -> list[int]:
    """Apply the amounts to the items in hand; return which of them owe nothing any more."""
    for item in move.items.values():
        _check(item, amounts[item.pk])
        item.applied += amounts[item.pk]
        if not item.balance:
            item.settle(on=move.on)
    return [item.pk for item in move.items.values() if not item.balance]


@service
def reverse_application(
    application_id: int, *, reason: str = "", at: datetime, actor: Actor
) -> Application:
    """Take an application back by one of the opposite amount; the item is owed again.

    Raises:
        Application.DoesNotExist: no such application.
        ReversedAlready: it was taken back before, or takes back another.
    """
    original = Application.objects.select_related("item__invoice__company").get(pk=application_id)
    today = local_date(at, original.item.invoice.company)
    move = _hold(
        original.item.customer_id, {original.item_id: original.amount}, on=today, at=at, actor=actor
    )
    if original.reverses_id or Application.objects.filter(reverses=original).exists():
        raise ReversedAlready(_("This application was taken back already."))
    item = move.items[original.item_id]
    was_settled = item.state == OpenItem.State.SETTLED
    item.applied -= original.amount
    if was_settled:
        item.reopen()
    _save(move, source=original.source, reason=reason)
    counter = Application.objects.create(
        item=item,
        source=original.source,
        amount=-original.amount,
        applied_on=today,
        at=at,
        reverses=original,
    )
    _enter(move, [counter])
    if was_settled:
        _unsettle(move.claims[item.pk].order_id, at=at, actor=actor)
    customer_id = move.customer_id
    publish(CashReversed(customer_id=customer_id, item_ids=[item.pk], at=at, actor=actor))
    return counter


def _hold(
    customer_id: int, amounts: Mapping[int, Decimal], *, on: date, at: datetime, actor: Actor
) -> Movement:
    """Lock the customer, the orders of the items, then the items."""
    lock(Customer, customer_id)
    claims = selectors.claims_of(customer_id, amounts)
    lock_many(Order, {claim.order_id for claim in claims.values()})
    items = lock_many(OpenItem, claims)
    if len(items) < len(amounts):
        raise OpenItem.DoesNotExist
    return Movement(customer_id=customer_id, claims=claims, items=items, on=on, at=at, actor=actor)


def _check(item: OpenItem, amount: Decimal) -> None:
    if amount <= 0 or round_money(amount, item.currency) != amount:
        raise InvalidInput(_("%(amount)s is no amount to apply.") % {"amount": amount})
    if amount > item.balance:
        raise OverApplied(
            _("%(invoice)s owes %(balance)s %(currency)s: %(amount)s is too much.")
            % {
                "invoice": item.invoice,
                "balance": round_money(item.balance, item.currency),
                "currency": item.currency,
                "amount": amount,
            }
        )


def _save(move: Movement, *, source: str, reason: str = "") -> None:
    """Update all items in one statement, and note each change."""
    items = list(move.items.values())
    columns = (
        [item.pk for item in items],
        [item.applied for item in items],
        [item.state for item in items],
        [item.settled_on for item in items],
    )
    with connection.cursor() as cursor:
        cursor.execute(MOVE, columns)
    for item in items:
        changes = item.changes()
        audit.record(
            item.label,
            f"to {item.state}" if "state" in changes else "change",
            at=move.at,
            actor=move.actor,
            changes=changes,
            reason=reason,
            touches=[source, *_concerned(move, item)],
        )
        item.remember()


def _concerned(move: Movement, item: OpenItem) -> list[str]:
    order_id = move.claims[item.pk].order_id
    return [f"invoice:{item.invoice_id}", f"order:{order_id}", f"customer:{move.customer_id}"]


def _enter(move: Movement, applications: Sequence[Application]) -> None:
    """Post each application; the exposure takes their sum, under the first one's name."""
    first = applications[0]
    claim = move.claims[first.item_id]
    post_each(
        company_id=claim.company_id,
        customer_id=move.customer_id,
        kind="application",
        postings={_label(row): _posting(row.amount) for row in applications},
        posted_on=move.on,
        currency=move.items[first.item_id].currency,
        at=move.at,
    )
    total = sum((row.amount for row in applications), ZERO)
    credit.record_exposure(
        move.customer_id,
        source=_label(first),
        amounts={
            ExposureEntry.Kind.OPEN_ITEM: -total,
            ExposureEntry.Kind.UNAPPLIED_CASH: total,
        },
        at=move.at,
    )


def _label(application: Application) -> str:
    return f"application:{application.pk}"


def _posting(amount: Decimal) -> list[Line]:
    """Cash that was on account pays a receivable; taken back, the other way round."""
    if amount > 0:
        return [
            (LedgerAccount.UNAPPLIED_CASH, amount, ZERO),
            (LedgerAccount.RECEIVABLE, ZERO, amount),
        ]
    return [
        (LedgerAccount.RECEIVABLE, -amount, ZERO),
        (LedgerAccount.UNAPPLIED_CASH, ZERO, -amount),
    ]


def _unsettle(order_id: int, *, at: datetime, actor: Actor) -> None:
    """Open the order again if its payment had settled it."""
    if orders.lock_order(order_id).settled_at is not None:
        orders.unsettle_order(order_id, at=at, actor=actor)
