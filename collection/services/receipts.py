"""Money that came in: recorded once, matched to items, taken back."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from collection import selectors
from collection.events import ReceiptRecorded
from collection.models import Receipt
from collection.services.accounts import lock_account
from collection.services.applying import apply_to
from collection.services.behaviour import tell_behaviour
from collection.services.receipt_rules import (
    UnknownPayer,
    check_currency,
    check_entry,
    recorded_already,
)
from collection.services.reservations import follow_taken_back, keep_named
from credit import services as credit
from credit.models import ExposureEntry
from customers.models import Customer
from o2c.kernel import audit, locks, rows
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.errors import DomainError
from o2c.kernel.money import ZERO
from o2c.kernel.outbox import publish
from o2c.kernel.transactions import service
from receivables import services as receivables
from receivables.models import Application, LedgerAccount

# Whoever enters the same money at the same moment waits here for the first one's commit.
INSERT_ONCE = """
    INSERT INTO collections_receipt (company_id, customer_id, method, currency, amount, applied,
                                     received_on, reference, payer_text, state, recorded_at)
    VALUES (%(company_id)s, %(customer_id)s, %(method)s, %(currency)s, %(amount)s, 0,
            %(received_on)s, %(reference)s, %(payer_text)s, %(state)s, %(recorded_at)s)
    ON CONFLICT (company_id, method, reference, received_on, amount) DO NOTHING
    RETURNING {columns}
"""


@service
def record_receipt(  # noqa: PLR0913  what a bank line says
    *,
    customer_id: int | None,
    method: str,
    currency: str,
    amount: Decimal,
    received_on: date,
    reference: str,
    payer_text: str = "",
    apply_to: Mapping[int, Decimal] | None = None,
    at: datetime,
    actor: Actor,
) -> Receipt:
    """Record money that came in, and apply it to the payer's items in the same step.

    Without `customer_id` the payer is unknown: the money waits to be identified. What is not
    applied and names a pro forma of the payer's is kept for that order.

    Raises:
        InvalidInput: an entry cannot be right; its `field` says which.
        RecordedAlready: the same money was entered before; the message names the receipt.
    """
    entry = Receipt(
        company=the_company(),
        customer_id=customer_id,
        method=method,
        currency=currency,
        amount=amount,
        received_on=received_on,
        reference=reference.strip(),
        payer_text=payer_text.strip(),
        state=Receipt.State.IDENTIFIED if customer_id else Receipt.State.UNIDENTIFIED,
        recorded_at=at,
    )
    check_entry(entry, on=local_date(at, entry.company))
    return _record(entry, dict(apply_to or {}), actor=actor)


@service
def apply_receipt(
    receipt_id: int, *, amounts: Mapping[int, Decimal], at: datetime, actor: Actor
) -> Receipt:
    """Apply what is left of a receipt to items of its payer.

    Raises:
        UnknownPayer: nobody has said yet whose money it is.
        InvalidInput: an amount is more than its item's balance, or all are more than is left.
    """
    customer_id = Receipt.objects.values_list("customer_id", flat=True).get(pk=receipt_id)
    if customer_id is None:
        raise UnknownPayer(_("Say who paid before you apply the money."), field="customer")
    if not amounts:
        raise DomainError(_("Choose what to pay: tick an item."), field="apply_to")
    lock_account(customer_id, amounts)
    receipt = locks.lock(Receipt, receipt_id)
    apply_to(receipt, amounts, at=at, actor=actor)
    return receipt


@service
def identify_receipt(receipt_id: int, *, customer_id: int, at: datetime, actor: Actor) -> Receipt:
    """Say who paid: the money counts for them from now on, and may let their orders go.

    Raises:
        InvalidInput: the customer's account is in another currency.
        TransitionNotAllowed: the payer is known already.
    """
    named = _order_named(Receipt.objects.get(pk=receipt_id), customer_id)
    customer = lock_account(customer_id, (), order_id=named)
    receipt = locks.lock(Receipt, receipt_id)
    check_currency(receipt, customer)
    receipt.identify(customer_id=customer_id)
    audit.save(receipt, at=at, actor=actor, touches=_payer_label(receipt))
    _credit_payer(receipt, at=at)
    if named is not None:
        keep_named(receipt, named, spare=receipt.free, at=at, actor=actor)
    tell_behaviour(customer_id, at=at)
    credit.recheck_waiting(customer_id, at=at, actor=actor)
    return receipt


@service
def take_back(application_id: int, *, reason: str = "", at: datetime, actor: Actor) -> Receipt:
    """Take an application of a receipt back: the item is open again, the money on account.

    Raises:
        DomainError: the cash came from no receipt, or was taken back already.
    """
    application = Application.objects.select_related("item").get(pk=application_id)
    receipt_id = _receipt_id_of(application)
    customer_id = application.item.customer_id
    locks.lock(Customer, customer_id)
    in_advance = Receipt.objects.values_list("reserved_for_id", flat=True).get(pk=receipt_id)
    lock_account(customer_id, [application.item_id], order_id=in_advance)
    receipt = locks.lock(Receipt, receipt_id)
    receivables.reverse_application(application_id, reason=reason, at=at, actor=actor)
    receipt.applied -= application.amount
    if receipt.state == Receipt.State.APPLIED:
        receipt.reopen()
    audit.save(receipt, at=at, actor=actor, reason=reason, touches=[application.item.label])
    follow_taken_back(receipt, at=at, actor=actor)
    return receipt


def _record(entry: Receipt, amounts: Mapping[int, Decimal], *, actor: Actor) -> Receipt:
    at, payer_id = entry.recorded_at, entry.customer_id
    if payer_id is None and amounts:
        raise UnknownPayer(_("Say who paid before you apply the money."), field="customer")
    named = _order_named(entry, payer_id)
    if payer_id is not None:
        check_currency(entry, lock_account(payer_id, amounts, order_id=named))
    receipt = _insert_once(entry)
    audit.record(receipt.label, "create", at=at, actor=actor, touches=_payer_label(receipt))
    _post(receipt, at=at)
    if payer_id is not None:
        _credit_payer(receipt, at=at)
    if named is not None:
        # Before the rest is applied or waiting orders are looked at: it was paid for this one.
        spare = receipt.amount - sum(amounts.values(), ZERO)
        keep_named(receipt, named, spare=spare, at=at, actor=actor)
    if amounts:
        apply_to(receipt, amounts, at=at, actor=actor)
    elif payer_id is not None:
        tell_behaviour(payer_id, at=at)
        credit.recheck_waiting(payer_id, at=at, actor=actor)
    publish(ReceiptRecorded(receipt_id=receipt.pk, at=at, actor=actor))
    return receipt


def _order_named(receipt: Receipt, payer_id: int | None) -> int | None:
    """Return the order whose pro forma the payer's text names, if one waits for payment."""
    text = f"{receipt.reference} {receipt.payer_text}"
    pro_forma = selectors.named_pro_forma(payer_id, text)
    return pro_forma.order_id if pro_forma else None


def _insert_once(entry: Receipt) -> Receipt:
    values = {field.attname: getattr(entry, field.attname) for field in entry._meta.concrete_fields}
    inserted = rows.read(Receipt, INSERT_ONCE, values)
    if not inserted:
        raise recorded_already(entry)
    receipt = inserted[0]
    receipt.company = entry.company
    return locks.adopt(receipt)


def _post(receipt: Receipt, *, at: datetime) -> None:
    receivables.post(
        company_id=receipt.company_id,
        customer_id=receipt.customer_id,
        kind="receipt",
        source=receipt.label,
        posted_on=receipt.received_on,
        currency=receipt.currency,
        lines=[
            (LedgerAccount.BANK, receipt.amount, ZERO),
            (LedgerAccount.UNAPPLIED_CASH, ZERO, receipt.amount),
        ],
        at=at,
    )


def _credit_payer(receipt: Receipt, *, at: datetime) -> None:
    assert receipt.customer_id is not None
    credit.record_exposure(
        receipt.customer_id,
        source=receipt.label,
        amounts={ExposureEntry.Kind.UNAPPLIED_CASH: -receipt.amount},
        at=at,
    )


def _receipt_id_of(application: Application) -> int:
    kind, _colon, key = application.source.partition(":")
    if kind != Receipt._meta.model_name:
        raise DomainError(_("This cash came from no receipt: undo it where it was made."))
    return int(key)


def _payer_label(receipt: Receipt) -> list[str]:
    return [] if receipt.customer_id is None else [f"customer:{receipt.customer_id}"]
