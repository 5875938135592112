"""Orders and people for credit control."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from credit import services
from credit.guidelines import parse
from credit.guidelines.prover import prove
from credit.models import GuidelineTable
from customers.models import Customer
from o2c.kernel.actors import Actor
from orders import services as orders
from orders.models import Order
from tests.factories import CreditAccountFactory, CustomerFactory, ProductFactory


@pytest.fixture
def actor() -> Actor:
    """Who enters the orders: nobody of those who sign in, since they could not decide then."""
    return Actor(kind="user", id="0", name="Maya Brandt")


@pytest.fixture
def analyst() -> Actor:
    """Somebody of credit control, who enters no orders."""
    return Actor(kind="user", id="-7", name="Tomás Rey")


@pytest.fixture
def customer(company) -> Customer:
    """A new customer without any credit yet."""
    return CustomerFactory.create()


@pytest.fixture
def approved(company) -> Customer:
    """A customer with a limit of 10,000.00 EUR."""
    return CreditAccountFactory.create().customer


@pytest.fixture
def place(now, actor, company) -> Callable[..., Order]:
    """Place an order for a net amount; 19 % tax is added: `place(customer, 1000)` is 1,190.00."""
    product = ProductFactory.create()

    def make(customer: Customer, net: int | str, at=now, actor=actor) -> Order:
        line = orders.NewLine(
            product_id=product.pk,
            quantity=Decimal(1),
            unit_price=Decimal(net),
            price_reason="agreed",
        )
        return orders.place_order(
            customer_id=customer.pk,
            lines=[line],
            channel="rep",
            requested_on=at.date(),
            at=at,
            actor=actor,
        )

    return make


@pytest.fixture
def referred(customer, place) -> Order:
    """A first order for 11,900.00 EUR, of which credit control must decide."""
    order = place(customer, 10000)
    assert order.state == Order.State.IN_REVIEW
    return order


@pytest.fixture
def application(referred):
    return referred.customer.credit_applications.get()


@pytest.fixture
def held(approved, place) -> Order:
    """An order for 11,900.00 EUR against a limit of 10,000.00."""
    order = place(approved, 10000)
    assert order.state == Order.State.ON_HOLD
    return order


@pytest.fixture
def hold(now, analyst) -> Callable[..., None]:
    def place_one(customer: Customer, kind: str = "manual") -> None:
        services.place_hold(customer.pk, kind=kind, reason="Asks", at=now, actor=analyst)

    return place_one


@pytest.fixture
def manager() -> Actor:
    """Who puts guidelines in force that the analyst has written."""
    return Actor(kind="user", id="-8", name="Priya Natarajan")


@pytest.fixture
def put_in_force(now, analyst, manager) -> Callable[..., GuidelineTable]:
    """Write, test and activate guidelines: `put_in_force([rule])`."""

    def run(rules: list[dict[str, object]]) -> GuidelineTable:
        draft = services.create_draft(rules=rules, note="", at=now, actor=analyst)
        services.test_draft(draft.version, at=now, actor=analyst)
        accepted = [overlap.name for overlap in prove(parse(rules)).overlaps]
        return services.activate(draft.version, accepted=accepted, at=now, actor=manager)

    return run
