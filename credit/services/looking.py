"""What a check sees of an order and its account. Reading comes first, judging is pure.

`facts_from` builds the facts of any order from rows that were read before, so that a batch of
orders is judged by the same rules as a single one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from credit import horizon
from credit.checks import (
    ApplicationFacts,
    CheckFacts,
    Finding,
    HoldFacts,
    Outcome,
    evaluate,
)
from credit.checks.facts import facts_about
from credit.models import CreditAccount, CreditApplication, Hold
from credit.selectors.together import Exceptions, exceptions_of
from credit.services.accounts import account_of, active_holds
from credit.services.applications import Need, apply_for_credit
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.company import local_date, the_company
from o2c.kernel.gathering import is_held_back
from o2c.kernel.locks import lock
from orders import services as orders
from orders.models import Order, OrderLine
from orders.selectors import gross_of, open_gross
from orders.services.locking import read_lines

Standing = CreditAccount.Standing


@dataclass(kw_only=True)
class Together:
    """What a step that looks at many orders of one customer knows of all of them."""

    exceptions: Mapping[int, Exceptions]
    # The application for which they wait, once one of them has asked.
    application: ApplicationFacts | None = None


def judge(
    order: Order,
    *,
    counted: Decimal,
    at: datetime,
    actor: Actor,
    together: Together | None = None,
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
    facts = _with_exceptions(facts, order, today, together)
    if facts.standing != Standing.APPROVED and not facts.is_prepaid:
        need = Need(order=order, amount=facts.amount, today=today)
        facts = replace(
            facts,
            application=_application_of(account, need, together, at=at, actor=actor),
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
    facts = facts_about(
        account,
        [HoldFacts(kind=hold.kind, reason=hold.reason) for hold in holds],
        amount=open_gross(order, lines),
        counted=counted,
        today=today,
        house_currency=house_currency,
    )
    is_begun = any(line.shipped for line in lines.values())
    is_far = horizon.is_far(lines.values(), account.policy, today=today)
    if not is_begun and not is_far:
        return facts
    return replace(facts, whole=whole_of(order, lines), is_far=is_far)


def whole_of(order: Order, lines: Mapping[int, OrderLine]) -> Decimal:
    """Return what all of an order comes to, shipped goods too, tax included."""
    return gross_of(order, lines, {pk: row.ordered - row.cancelled for pk, row in lines.items()})


def read_together(waiting: Sequence[Order], *, today: date) -> Together:
    """Read for `judge` what speaks for locked orders, of all of them in two statements."""
    read_lines(waiting)
    wholes = {order.pk: whole_of(order, orders.lines_of(order)) for order in waiting}
    return Together(exceptions=exceptions_of(wholes, today=today))


def _with_exceptions(
    facts: CheckFacts, order: Order, today: date, together: Together | None
) -> CheckFacts:
    """Add what was paid in advance, and the permission that covers all of the order."""
    if together is not None:
        found = together.exceptions[order.pk]
    elif is_held_back(order):
        return facts  # not even written: nobody can have paid or permitted it
    else:
        found = exceptions_of({order.pk: max(facts.whole, facts.amount)}, today=today)[order.pk]
    return replace(facts, prepaid=found.prepaid, release=found.release)


def _application_of(
    account: CreditAccount,
    need: Need,
    together: Together | None,
    *,
    at: datetime,
    actor: Actor,
) -> ApplicationFacts:
    """Apply for credit, unless an order that was looked at before waits for a decision already."""
    if together is not None and together.application is not None:
        return together.application
    application = apply_for_credit(account, need, at=at, actor=actor)
    facts = ApplicationFacts(
        number=application.number, state=application.state, reason=application.reason
    )
    if together is not None and application.state in CreditApplication.WAITING:
        together.application = facts
    return facts
