"""What a customer sees of their own credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from credit.advances import advances_of
from credit.debts import Debts, debts_of
from credit.models import (
    CreditAccount,
    CreditApplication,
    CreditDocument,
    Guarantee,
)
from credit.selectors.accounts import Gauge, account_for_page, gauge_of, holds_that_stand
from credit.words import OF_CUSTOMER
from customers.models import Customer
from o2c.kernel.money import ZERO
from o2c.kernel.ui.figures import Text
from orders.models import Order
from orders.waiting import InAdvance

MOST_ORDERS = 20
MOST_DOCUMENTS = 50


@dataclass(frozen=True, kw_only=True)
class OwnCredit:
    """A customer's credit on a day; amounts include tax and are in the account's currency."""

    account: CreditAccount
    gauge: Gauge
    standing: str
    guarantees: Sequence[Guarantee]
    holds: Sequence[Text]
    waiting: Sequence[Order]
    debts: Debts
    advances: Sequence[InAdvance]
    application: CreditApplication | None
    documents: Sequence[CreditDocument]

    @property
    def backing(self) -> Decimal:
        """What valid guarantees add to the limit."""
        return sum((guarantee.amount for guarantee in self.guarantees), ZERO)

    @property
    def available(self) -> Decimal:
        return max(self.account.limit + self.backing - self.account.exposure, ZERO)

    @property
    def valid_until(self) -> date | None:
        decision = self.account.latest_decision
        return decision.valid_until if decision else None


def own_credit(customer: Customer, *, today: date) -> OwnCredit:
    """Return what a customer may see of their credit, in a fixed number of statements."""
    account = account_for_page(customer, today=today)
    application = CreditApplication.objects.waiting().filter(customer=customer).first()
    waits = [Order.State.IN_REVIEW, Order.State.ON_HOLD]
    waiting = Order.objects.filter(customer=customer, state__in=waits)
    papers = CreditDocument.objects.filter(application=application) if application else None
    return OwnCredit(
        account=account,
        gauge=gauge_of(account),
        standing=account.standing(today),
        guarantees=list(_valid_guarantees(customer, today)),
        holds=[OF_CUSTOMER[hold.kind] for hold in holds_that_stand(customer.pk)],
        waiting=list(waiting.order_by("submitted_at", "pk")[:MOST_ORDERS]),
        debts=debts_of(customer.pk, account.currency, today=today),
        advances=advances_of(customer.pk),
        application=application,
        documents=list(papers.order_by("pk")[:MOST_DOCUMENTS]) if papers is not None else [],
    )


def own_application(customer: Customer) -> CreditApplication | None:
    """Return the customer's application that waits for a decision; there is one at most."""
    return CreditApplication.objects.waiting().filter(customer=customer).first()


def _valid_guarantees(customer: Customer, today: date) -> "QuerySet[Guarantee]":
    found = Guarantee.objects.filter(customer=customer, withdrawn_at=None)
    valid = found.filter(valid_from__lte=today, valid_until__gte=today)
    return valid.order_by("valid_until", "pk")
