"""What the buyer of an order that credit holds is told: the same on pages, by REST and by mail.

What a person noted for colleagues stays with us: buyers hear what stands, and what to do.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credit.advances import advances_of
from credit.debts import Debts, debts_of
from credit.models import CreditApplication, Hold
from o2c.kernel import clock
from o2c.kernel.company import local_date, the_company
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import Text, money_in
from orders.models import Order
from orders.waiting import TITLES, InAdvance, Unpaid, Waiting, tells_waiting

Kind = Hold.Kind

OF_CUSTOMER: dict[str, Text] = {
    Kind.OVERDUE: gettext_lazy(
        "Invoices of yours are overdue. The order goes on by itself as soon as they are paid."
    ),
    Kind.MANUAL: gettext_lazy("Your account is on hold. Please talk to us."),
}
OF_ORDER: dict[str, Text] = {
    Kind.EXPIRED: gettext_lazy("Your credit with us has ended; we are looking at it anew."),
    Kind.DECLINED: gettext_lazy("We cannot supply you on account at present."),
    Kind.MANUAL: gettext_lazy("One of us is looking at this order."),
}
# Rules of the policy that ask for nothing but that invoices are paid.
PAID_LATE = {"oldest_overdue_days", "share_overdue", "dunning_level", "days_without_payment"}

FACTS = """
    SELECT coalesce(account.exposure, 0), coalesce(account."limit", 0),
           (SELECT coalesce(sum(amount), 0) FROM credit_guarantee
             WHERE customer_id = placed.customer_id AND withdrawn_at IS NULL
               AND %(today)s BETWEEN valid_from AND valid_until),
           ARRAY(SELECT kind FROM credit_hold
                  WHERE customer_id = placed.customer_id AND order_id IS NULL
                    AND released_at IS NULL ORDER BY placed_at, id),
           ARRAY(SELECT kind FROM credit_hold
                  WHERE order_id = placed.id AND released_at IS NULL ORDER BY placed_at, id),
           (SELECT state FROM credit_creditapplication
             WHERE customer_id = placed.customer_id
               AND state IN ('open', 'referred', 'awaiting_documents')),
           (SELECT jsonb_build_object(
                     'amount', inputs -> 'amount', 'group', inputs -> 'group',
                     'rules', (SELECT jsonb_agg(reason -> 'rule')
                                 FROM jsonb_array_elements(reasons) AS reason
                                WHERE reason ->> 'outcome' <> 'allow'))::text
              FROM credit_creditcheck WHERE order_id = placed.id ORDER BY id DESC LIMIT 1)
      FROM orders_order AS placed
      LEFT JOIN credit_creditaccount AS account ON account.customer_id = placed.customer_id
     WHERE placed.id = %(order)s
"""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What stands against an order now; amounts with tax, in the customer's currency."""

    of_customer: list[str]
    of_order: list[str]
    application: str
    rules: set[str]
    over_limit: Decimal
    over_group_limit: Decimal

    @property
    def waits_for_room(self) -> bool:
        """Only who has a limit waits for room in it; who applies for one waits for that."""
        return Kind.OVER_LIMIT in self.of_order and not self.application


@tells_waiting
def hold_words(order: Order) -> Waiting | None:
    """Say why an order waits for credit and what to pay before it goes on: three statements."""
    today = local_date(clock.now(), the_company())
    standing = _standing_of(order, today=today)
    debts = debts_of(order.customer_id, order.currency, today=today)
    in_advance = _in_advance(order)
    if order.state == Order.State.DECLINED:
        reasons, amount = [_declined()], None
    else:
        reasons, amount = _reasons(standing, order.currency), _to_pay(standing, debts)
    if in_advance is not None:
        reasons = [*reasons, pay_in_advance(in_advance)]
    return Waiting(
        title=str(TITLES[order.state]),
        reasons=reasons or [_("One of us is looking at this order.")],
        amount_to_pay=amount,
        currency=order.currency,
        invoices=_invoices(amount, debts),
        pay_link=reverse("portal-credit:credit"),
        in_advance=in_advance,
    )


def pay_in_advance(asked: InAdvance) -> str:
    """Say what to pay in advance for an order, by when and under which name."""
    return _("Pay %(amount)s in advance by %(day)s, naming %(number)s, and the order goes on.") % {
        "amount": money_in(asked.amount, asked.currency),
        "day": date_format(asked.valid_until, "j F Y"),
        "number": asked.number,
    }


def _declined() -> str:
    return _("We cannot deliver this order on account. It can be delivered when paid in advance.")


def _in_advance(order: Order) -> InAdvance | None:
    asked = advances_of(order.customer_id)
    return next((one for one in asked if one.order_number == order.number), None)


def _reasons(standing: Standing, currency: str) -> list[str]:
    """Return a sentence for each thing that stops the order."""
    told: list[Text] = [OF_CUSTOMER[kind] for kind in standing.of_customer if kind in OF_CUSTOMER]
    told += [OF_ORDER[kind] for kind in standing.of_order if kind in OF_ORDER]
    if standing.waits_for_room:
        told += _over_limit(standing, currency)
    if "order_maximum" in standing.rules:
        told.append(_("It comes to more than we deliver on account in one order."))
    if standing.rules & (PAID_LATE | {"broken_promises"}):
        told.append(_("Invoices were not paid as agreed."))
    if standing.application:
        told.append(_application(standing.application))
    return [str(text) for text in dict.fromkeys(told)]


def _application(state: str) -> Text:
    if state == CreditApplication.State.AWAITING_DOCUMENTS:
        return _("We have asked you for documents; we decide as soon as they are here.")
    return _("We are checking your credit, usually within one working day.")


def _over_limit(standing: Standing, currency: str) -> list[Text]:
    told: list[Text] = []
    if standing.over_limit > 0:
        told.append(
            _("It goes %(amount)s over your credit limit.")
            % {"amount": money_in(standing.over_limit, currency)}
        )
    if standing.over_group_limit > 0:
        told.append(
            _("It goes %(amount)s over the credit limit of your group.")
            % {"amount": money_in(standing.over_group_limit, currency)}
        )
    told.append(_("It goes on by itself as soon as payments make room for it."))
    return told


def _to_pay(standing: Standing, debts: Debts) -> Decimal | None:
    """Return what to pay before the order goes on; None where no payment changes anything."""
    amounts = [ZERO]
    if Kind.OVERDUE in standing.of_customer or standing.rules & PAID_LATE:
        amounts.append(debts.overdue)
    if standing.waits_for_room:
        amounts += [standing.over_limit, standing.over_group_limit]
    return max(amounts) or None


def _invoices(amount: Decimal | None, debts: Debts) -> Sequence[Unpaid]:
    """Return what is overdue, and older ones first as far as the amount goes."""
    if amount is None:
        return []
    needed = debts.up_to(amount)
    return needed if len(needed) >= debts.late else list(debts.invoices[: debts.late])


def _standing_of(order: Order, *, today: date) -> Standing:
    with connection.cursor() as cursor:
        cursor.execute(FACTS, {"order": order.pk, "today": today})
        exposure, limit, backing, of_customer, of_order, application, told = cursor.fetchone()
    check: dict[str, Any] = json.loads(told or "{}")
    group: dict[str, Any] = check.get("group") or {}
    amount = Decimal(check.get("amount") or 0)
    over_group = ZERO
    if group:
        over_group = Decimal(group["exposure"]) + amount - Decimal(group["limit"])
    return Standing(
        of_customer=of_customer,
        of_order=of_order,
        application=application or "",
        rules=set(check.get("rules") or ()),
        over_limit=max(exposure + amount - limit - backing, ZERO),
        over_group_limit=max(over_group, ZERO),
    )
