"""Cash of a receipt that its caller has locked is applied to items of its payer."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from collection.models import Receipt
from collection.services.receipt_rules import check_amounts
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date
from o2c.kernel.money import ZERO
from receivables import services as receivables
from receivables.models import OpenItem


def apply_to(
    receipt: Receipt, amounts: Mapping[int, Decimal], *, at: datetime, actor: Actor
) -> None:
    """Apply amounts, `{item id: amount}`, of a receipt whose payer and orders are locked.

    Raises:
        InvalidInput: an item or the receipt cannot take them.
    """
    items = locks.lock_many(OpenItem, amounts)
    check_amounts(receipt, amounts, items)
    assert receipt.customer_id is not None  # check_amounts let no unknown payer pass
    receivables.apply_cash(
        customer_id=receipt.customer_id,
        source=receipt.label,
        amounts=amounts,
        applied_on=local_date(at, receipt.company),
        at=at,
        actor=actor,
    )
    receipt.applied += sum(amounts.values(), ZERO)
    if receipt.unapplied == ZERO:
        receipt.apply_all()
    audit.save(receipt, at=at, actor=actor, touches=[item.label for item in items.values()])
