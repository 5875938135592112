"""What a receipt must fulfil, each rule with the field that its refusal belongs to."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from collection.models import Receipt
from customers.models import Customer
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.money import ZERO, round_money
from o2c.kernel.ui.dates import day_text
from o2c.kernel.ui.figures import money_in
from receivables.models import OpenItem


class UnknownPayer(DomainError):
    """The money cannot be applied: nobody has said whose it is."""

    code = "unknown_payer"


class RecordedAlready(DomainError):
    """The same money was entered before."""

    code = "recorded_already"


def check_entry(entry: Receipt, *, on: date) -> None:
    """Refuse what cannot be right, whoever paid."""
    if entry.method not in Receipt.Method.values:
        raise InvalidInput(_("Choose how the money came."), field="method")
    check_positive(entry.amount, entry.currency, field="amount")
    if entry.received_on > on:
        raise InvalidInput(
            _("Money cannot have come in the future. Today is %(today)s.") % {"today": on},
            field="received_on",
        )
    if not entry.reference:
        raise InvalidInput(
            _("Enter the bank's or the cheque's number: it keeps the money from counting twice."),
            field="reference",
        )


def check_positive(amount: Decimal, currency: str, *, field: str) -> None:
    if amount <= ZERO:
        raise InvalidInput(_("Enter an amount above zero."), field=field)
    if amount != round_money(amount, currency):
        raise InvalidInput(
            _("%(currency)s has no amount as small as that: round it.") % {"currency": currency},
            field=field,
        )


def check_currency(receipt: Receipt, customer: Customer) -> None:
    if receipt.currency != customer.currency:
        raise InvalidInput(
            _("%(customer)s's account is in %(theirs)s, this money is in %(ours)s.")
            % {"customer": customer, "theirs": customer.currency, "ours": receipt.currency},
            field="currency",
        )


def check_amounts(
    receipt: Receipt, amounts: Mapping[int, Decimal], items: Mapping[int, OpenItem]
) -> None:
    """Refuse amounts that an item or the receipt cannot take; both are locked."""
    for item_id, amount in amounts.items():
        check_item(receipt, amount, items.get(item_id), field=f"apply_to.{item_id}")
    total = sum(amounts.values(), ZERO)
    if total > receipt.free:
        raise InvalidInput(
            _("These items take %(total)s, but only %(left)s is left of the money.")
            % {
                "total": money_in(total, receipt.currency),
                "left": money_in(receipt.free, receipt.currency),
            },
            field="apply_to",
        )


def check_item(receipt: Receipt, amount: Decimal, item: OpenItem | None, *, field: str) -> None:
    if item is None or item.customer_id != receipt.customer_id:
        raise InvalidInput(_("This item belongs to somebody else."), field=field)
    if item.currency != receipt.currency:
        raise InvalidInput(
            _("%(invoice)s is in %(currency)s.")
            % {"invoice": item.invoice, "currency": item.currency},
            field=field,
        )
    check_positive(amount, receipt.currency, field=field)
    if amount > item.balance:
        raise InvalidInput(
            _("Only %(balance)s of %(invoice)s is open.")
            % {"balance": money_in(item.balance, item.currency), "invoice": item.invoice},
            field=field,
        )


def recorded_already(entry: Receipt) -> RecordedAlready:
    """Return the refusal that names the receipt of the same money."""
    earlier = Receipt.objects.select_related("customer").get(
        company_id=entry.company_id,
        method=entry.method,
        reference=entry.reference,
        received_on=entry.received_on,
        amount=entry.amount,
    )
    return RecordedAlready(
        _("This money is recorded already: %(number)s of %(payer)s, entered on %(day)s.")
        % {
            "number": earlier.number,
            "payer": earlier.customer or _("an unknown payer"),
            "day": day_text(earlier.recorded_at),
        },
        field="reference",
    )
