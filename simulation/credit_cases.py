"""Credit cases of every kind, as the analyst leaves them in the morning."""

from datetime import timedelta
from decimal import Decimal

from credit import services as credit
from credit.models import CreditApplication, Guarantee
from customers.models import Customer
from invoicing import services as invoicing
from invoicing.models import ProForma
from orders.models import Order
from simulation.twin import Twin

YEAR = timedelta(days=365)


def make(twin: Twin) -> None:
    """Papers asked and received, a limit that waits for a second signature, one that ends soon,
    and an insurance behind another.
    """
    _ask_for_papers(twin, "Northgate Dairy Systems")
    alder = _ask_for_papers(twin, "Alder Creek Robotics")
    credit.receive_documents(alder.pk, at=twin.at(9, 20), actor=twin.actor("credit"))
    credit.comment_on(
        alder,
        text="Called their bank: account in order for six years, no returned debits.",
        at=twin.at(9, 25),
        actor=twin.actor("credit"),
    )
    _limit(twin, "Blue Heron Water Works", 120_000, "Second plant opens in March.", YEAR)
    _limit(
        twin,
        "Prairie Gasket & Seal",
        25_000,
        "Until the accounts of last year are here.",
        timedelta(days=21),
    )
    _insure(twin, "Copperline Process Systems")


def ask_in_advance(twin: Twin, order: Order) -> ProForma:
    """Decline an order that is over the limit, and ask for its payment in advance."""
    credit.decline_order(
        order.pk,
        reason="A second order of this size: only when it is paid before delivery.",
        at=twin.at(9, 50),
        actor=twin.actor("credit"),
    )
    return invoicing.ask_for_prepayment(order.pk, at=twin.at(9, 52), actor=twin.actor("credit"))


def _ask_for_papers(twin: Twin, name: str) -> CreditApplication:
    application = CreditApplication.objects.get(customer=_customer(name), state="referred")
    return credit.ask_for_documents(
        application.pk,
        documents="Your accounts of last year, and two suppliers whom we may call.",
        at=twin.at(8, 45),
        actor=twin.actor("credit"),
    )


def _limit(twin: Twin, name: str, limit: int, reason: str, validity: timedelta) -> None:
    credit.set_limit(
        _customer(name).pk,
        limit=Decimal(limit),
        valid_until=twin.day + validity,
        reason=reason,
        at=twin.at(9, 30),
        actor=twin.actor("credit"),
    )


def _insure(twin: Twin, name: str) -> None:
    credit.record_guarantee(
        _customer(name).pk,
        paper=credit.Paper(
            kind=Guarantee.Kind.INSURANCE,
            issuer="Nordkredit Versicherung",
            reference="NK-2026-5521",
            amount=Decimal(15_000),
            valid_from=twin.day - timedelta(days=120),
            valid_until=twin.day + timedelta(days=245),
        ),
        at=twin.at(9, 40),
        actor=twin.actor("credit"),
    )


def _customer(name: str) -> Customer:
    return Customer.objects.get(name=name)
