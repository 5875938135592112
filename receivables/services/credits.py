"""Credit memos: posted, then applied to what the customer owes; the rest stays on account."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from credit import services as credit
from credit.models import ExposureEntry
from customers.models import Customer
from invoicing.models import Invoice
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date
from o2c.kernel.errors import DomainError
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from o2c.kernel.transactions import service
from receivables import memos
from receivables.models import Application, LedgerAccount, OpenItem
from receivables.services.cash import apply_cash
from receivables.services.items import settle_paid_orders
from receivables.services.ledger import post


class NothingToApply(DomainError):
    """Nothing of the credit is left, or the customer owes nothing that it could pay."""

    code = "nothing_to_apply"


@service
def post_credit(memo_id: int, *, at: datetime, actor: Actor) -> list[Application]:
    """Post an issued credit memo, and let it pay its invoice: the instalment that is due first.

    What that does not take stays with the customer as unapplied credit, and lowers the exposure:
    orders that wait for credit are looked at again at once, as when cash comes in.

    Raises:
        Invoice.DoesNotExist: no such memo.
    """
    memo = lock(Invoice, memo_id)
    if not memo.gross_amount:
        settle_paid_orders([memo.order_id], at=at, actor=actor)
        return []
    assert memo.issued_on  # an issued memo has its dates, by constraint
    post(
        company_id=memo.company_id,
        customer_id=memo.customer_id,
        kind="credit_memo",
        source=memo.label,
        posted_on=memo.issued_on,
        currency=memo.currency,
        lines=[
            (LedgerAccount.REVENUE, memo.goods_amount, ZERO),
            (LedgerAccount.FREIGHT, memo.freight_amount, ZERO),
            (LedgerAccount.TAX, memo.tax_amount, ZERO),
            (LedgerAccount.UNAPPLIED_CASH, ZERO, memo.gross_amount),
        ],
        at=at,
    )
    credit.record_exposure(
        memo.customer_id,
        source=memo.label,
        amounts={ExposureEntry.Kind.UNAPPLIED_CASH: -memo.gross_amount},
        at=at,
    )
    owed = memos.items_of_original(memo)
    applied = _apply(memo, memo.gross_amount, owed, at=at, actor=actor)
    if not applied:  # what is applied is announced as cash is, and who hears of it looks again
        credit.recheck_waiting(memo.customer_id, at=at, actor=actor)
    return applied


@service
def apply_credit(memo_id: int, *, at: datetime, actor: Actor) -> list[Application]:
    """Apply what is left of a credit memo to what its customer owes, the first due first.

    What is disputed is left alone.

    Raises:
        Invoice.DoesNotExist: no such memo.
        NothingToApply: nothing is left of it, or nothing is owed in its currency.
    """
    memo = memos.memo_of(memo_id)
    lock(Customer, memo.customer_id)  # guards the items, and what is left of the memo
    applied = _apply(memo, memos.left_of(memo), memos.items_to_pay(memo), at=at, actor=actor)
    if not applied:
        raise NothingToApply(
            _("Nothing of %(memo)s is left, or nothing is owed that it could pay.") % {"memo": memo}
        )
    return applied


def _apply(
    memo: Invoice, left: Decimal, owed: Iterable[OpenItem], *, at: datetime, actor: Actor
) -> list[Application]:
    amounts: dict[int, Decimal] = {}
    for item in owed:
        share = min(left, item.balance)
        if share > ZERO:
            amounts[item.pk] = share
            left -= share
    return apply_cash(
        customer_id=memo.customer_id,
        source=memo.label,
        amounts=amounts,
        applied_on=local_date(at, memo.company),
        at=at,
        actor=actor,
    )
