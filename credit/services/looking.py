"""What a check sees of an order and its account. Reading comes first, judging is pure.

`facts_from` builds the facts of any order from rows that were read before, so that a batch of
orders is judged by the same rules as a single one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.db import connection

from credit import horizon
from credit.checks import (
    ApplicationFacts,
    CheckFacts,
    Finding,
    HoldFacts,
    Outcome,
    ReleaseFacts,
    evaluate,
)
from credit.checks.facts import behaviour_of, group_of
from credit.models import CreditAccount, CreditApplication, Hold
from credit.services.accounts import account_of, active_holds
from credit.services.applications import Need, apply_for_credit
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.gathering import is_held_back
from o2c.kernel.locks import lock
from o2c.kernel.money import ZERO
from orders import services as orders
from orders.models import Order, OrderLine
from orders.selectors import gross_of, open_gross

Standing = CreditAccount.Standing

# What may let an order go on although a rule speaks against it: money, or a person's word.
EXCEPTIONS = """
    SELECT coalesce((SELECT sum(amount) FROM credit_orderprepayment WHERE order_id = %(order)s), 0),
           permission.amount, permission.expires_on
      FROM (SELECT) AS one
      LEFT JOIN LATERAL (
           SELECT amount, expires_on FROM credit_orderrelease
            WHERE order_id = %(order)s AND amount >= %(whole)s AND expires_on >= %(today)s
            ORDER BY expires_on DESC, id DESC LIMIT 1) AS permission ON true
"""


def judge(
    order: Order, *, counted: Decimal, at: datetime, actor: Actor
) -> tuple[CheckFacts, Finding]:
    """Return what is known about a locked order, and what the rules say to it.

    Who has no approval applies in passing. `counted`: what the exposure holds of this very order.
    """
    customer = lock(Customer, order.customer_id)
    account = account_of(customer, at=at, actor=actor)
    company = the_company()
    today = local_date(at, company)
    lines = orders.lines_of(order)
    facts = facts_from(
        order,
        lines,
        account,
        active_holds(customer),
        counted=counted,
        today=today,
        house_currency=company.currency,
    )
    finding = evaluate(facts)
    if finding.outcome == Outcome.ALLOW:
        return facts, finding
    facts = _with_exceptions(facts, order, today)
    if facts.standing != Standing.APPROVED and not facts.is_prepaid:
        need = Need(order=order, amount=facts.amount, today=today)
        application = apply_for_credit(account, need, at=at, actor=actor)
        facts = replace(
            facts,
            application=_application_facts(application),
            standing=account.standing(today),
            limit=account.limit,
        )
    return facts, evaluate(facts)


def facts_from(
    order: Order,
    lines: Mapping[int, OrderLine],
    account: CreditAccount,
    holds: Sequence[Hold],
    *,
    counted: Decimal,
    today: date,
    house_currency: str,
) -> CheckFacts:
    """Return what the rules see of an order, from rows that are read; nothing is asked here."""
    amount = open_gross(order, lines)
    is_begun = any(line.shipped for line in lines.values())
    exposure = account.exposure - counted
    return CheckFacts(
        standing=account.standing(today),
        application=None,
        holds=[HoldFacts(kind=hold.kind, reason=hold.reason) for hold in holds],
        exposure=exposure,
        limit=account.limit,
        backing=account.backing,
        amount=amount,
        whole=whole_of(order, lines) if is_begun else amount,
        currency=account.currency,
        release=None,
        order_maximum=account.order_maximum,
        group=group_of(account, counted=counted),
        behaviour=behaviour_of(account, today=today),
        is_far=horizon.is_far(lines.values(), account.policy, today=today),
        house_currency=house_currency,
        policy=account.policy,
    )


def whole_of(order: Order, lines: Mapping[int, OrderLine]) -> Decimal:
    """Return what all of an order comes to, shipped goods too, tax included."""
    return gross_of(order, lines, {pk: row.ordered - row.cancelled for pk, row in lines.items()})


def _with_exceptions(facts: CheckFacts, order: Order, today: date) -> CheckFacts:
    """Add what was paid in advance, and the permission that covers all of the order."""
    if is_held_back(order):
        return facts  # not even written: nobody can have paid or permitted it
    values = {"order": order.pk, "whole": max(facts.whole, facts.amount), "today": today}
    with connection.cursor() as cursor:
        cursor.execute(EXCEPTIONS, values)
        prepaid, permitted, expires_on = cursor.fetchone()
    release = None
    if permitted is not None:
        release = ReleaseFacts(amount=permitted, expires_on=expires_on.isoformat())
    return replace(facts, prepaid=max(prepaid, ZERO), release=release)


def _application_facts(application: CreditApplication) -> ApplicationFacts:
    return ApplicationFacts(
        number=application.number, state=application.state, reason=application.reason
    )
