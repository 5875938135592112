"""Credit cases of every kind, as the analyst leaves them in the morning."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from credit import services as credit
from credit.models import CreditApplication, Guarantee
from credit.services.documents import Paper as Handed
from customers.importing.plans import details_of
from customers.models import Customer
from customers.services.details import change_customer
from invoicing import services as invoicing
from invoicing.models import ProForma
from o2c.kernel.actors import Actor
from orders.models import Order
from simulation.plain_pdf import plain_pdf
from simulation.twin import Twin

YEAR = timedelta(days=365)


def make(twin: Twin) -> None:
    """Papers asked and received, a limit that waits for a second signature, one that ends soon,
    an insurance behind another, and a limit over two companies of one house.
    """
    _ask_for_papers(twin, "Northgate Dairy Systems")
    alder = _ask_for_papers(twin, "Alder Creek Robotics")
    _hand_in(twin, alder)
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
    _join(twin, "Harbor Pump & Valve", "Juniper HVAC Partners", 90_000)


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


def _hand_in(twin: Twin, application: CreditApplication) -> None:
    customer = application.customer
    accounts = Handed(name="Annual accounts 2025.pdf", content=plain_pdf(_accounts(customer)))
    credit.hand_in(
        application.pk,
        papers=[accounts],
        at=twin.at(9, 20),
        actor=Actor(kind="user", id="0", name=customer.contacts.order_by("pk")[0].name),
    )


def _accounts(customer: Customer) -> list[str]:
    return [
        f"{customer.name}: annual accounts 2025 (abridged, EUR)",
        "",
        "Turnover 4,218,300    Cost of materials 2,506,900    Staff 1,102,400",
        "Result before tax 311,700    Result after tax 224,100",
        "Equity 1,045,000    Bank loans 380,000    Trade payables 291,500",
        "",
        "Suppliers whom you may call: Norddrive Motoren (Jena), Elbe Sensorik (Magdeburg)",
    ]


def _join(twin: Twin, parent: str, child: str, limit: int) -> None:
    """Have one customer belong to another, with a limit over both."""
    whole, part = _customer(parent), _customer(child)
    change_customer(
        part.pk,
        details=replace(details_of(part), parent_id=whole.pk),
        at=twin.at(9, 45),
        actor=twin.actor("credit"),
    )
    credit.set_group_limit(
        whole.pk,
        limit=Decimal(limit),
        reason="One house since January: agreed with their treasurer.",
        at=twin.at(9, 50),
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
