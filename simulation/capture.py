"""What order capture leaves on the desks: findings, an approval, changes of orders, papers."""

from datetime import timedelta
from decimal import Decimal

from customers.models import Customer
from o2c.kernel.actors import Actor
from orders import services as orders
from orders.intake.services import take_in
from orders.models import ApprovalRule, Channel, Order, TradingPartner, WebShop
from orders.partners.masters import PartnerDetails, add_partner
from orders.services import AmendmentChanges, LineChange, NewLine
from orders.services.house import NewApprovalRule, add_approval_rule
from orders.shop.services import Secrets, ShopDetails, add_shop
from simulation import papers, world
from simulation.twin import Twin

MILL, HEATING, PROCESS = (
    "Tamarack Paper Mills",
    "Juniper HVAC Partners",
    "Copperline Process Systems",
)
PUMPS, BALL_VALVES, GASKETS = "PMP-CE-40", "VLV-BL-025", "GSK-SPW-4-150"
# Above these a second person decides: an amount in EUR without tax, and a part of the list price.
THRESHOLDS = (("amount", "EUR", Decimal(25_000)), ("discount", "", Decimal("0.15")))
# SKU and quantity of each line.
Wanted = list[tuple[str, int]]
PARTNER, US = "4012345000016", "4098765000010"


def make(twin: Twin) -> None:
    """Leave behind what sales, the approvers and the administrator have to do this morning."""
    _settle_rules(twin)
    _drafts(twin)
    _enter(twin, MILL, [(PUMPS, 14)], po="TPM-3307")  # waits for a second person
    _changes(twin)
    _connect(twin)
    _papers(twin)


def _settle_rules(twin: Twin) -> None:
    for kind, currency, threshold in THRESHOLDS:
        wanted = NewApprovalRule(
            kind=kind,
            currency=currency,
            threshold=threshold,
            approver=ApprovalRule.Approver.APPROVE,
        )
        add_approval_rule(wanted=wanted, at=twin.at(7), actor=Actor.job("simulation"))


def _drafts(twin: Twin) -> None:
    """One that sales may waive, half a pack; and one that must be mended, a number used twice."""
    _draft(twin, HEATING, [(GASKETS, 45)], po="JHP-620")
    taken = _enter(twin, PROCESS, [(BALL_VALVES, 20)], po="CPS-1180")
    _draft(twin, PROCESS, [(BALL_VALVES, 40)], po=taken.customer_po)


def _draft(twin: Twin, name: str, wanted: Wanted, *, po: str) -> Order:
    return orders.create_order(
        customer_id=_customer(name).pk,
        lines=_lines(wanted),
        channel=Channel.REP,
        requested_on=twin.day + timedelta(days=8),
        customer_po=po,
        owner_id=twin.people["sales"].pk,
        at=twin.at(8, 42),
        actor=twin.actor("sales"),
    )


def _changes(twin: Twin) -> None:
    """A change that is made, and one that sales has looked at and not made yet."""
    made = _enter(twin, HEATING, [(BALL_VALVES, 60), (GASKETS, 40)], po="JHP-617")
    orders.amend_order(
        made.pk,
        changes=_quantity(made, 80),
        reason="A second boiler room was added.",
        at=twin.at(8, 50),
        actor=twin.actor("sales"),
    )
    asked = _enter(twin, PROCESS, [(BALL_VALVES, 50)], po="CPS-1177")
    orders.draft_amendment(
        asked.pk,
        changes=_quantity(asked, 30),
        reason="The customer calls: thirty are enough.",
        at=twin.at(8, 55),
        actor=twin.actor("sales"),
    )


def _quantity(order: Order, count: int) -> AmendmentChanges:
    first = order.lines.order_by("position")[0]
    return AmendmentChanges(lines=[LineChange(line_id=first.pk, quantity=Decimal(count))])


def _connect(twin: Twin) -> None:
    """A trading partner whose order is answered, and a web shop that is not switched on."""
    admin = Actor.job("simulation")
    add_partner(
        _customer(PROCESS).pk,
        details=PartnerDetails(
            kind=TradingPartner.Kind.X12, identifier=PARTNER, our_identifier=US, is_test=True
        ),
        at=twin.at(7, 5),
        actor=admin,
    )
    add_shop(
        kind=WebShop.Kind.WOOCOMMERCE,
        details=ShopDetails(
            name="Spare parts shop",
            base_url="https://shop.example",
            currency="EUR",
            default_customer_id=_customer(HEATING).pk,
            is_active=False,
        ),
        secrets=Secrets(signing_secret=papers.new_secret()),
        buyers={},
        at=twin.at(7, 6),
        actor=admin,
    )


def _papers(twin: Twin) -> None:
    """A table that is placed, a return that is none, a PDF with a doubt, an EDI order."""
    mill, process = _customer(MILL), _customer(PROCESS)
    day = twin.day + timedelta(days=12)
    arrived = {
        "juniper-week.csv": papers.table(_customer(HEATING).number, "JHP-640", day),
        "return-0311.csv": papers.returned(_customer(HEATING).number),
        "TPM-3312.pdf": papers.purchase_order(mill, "TPM-3312", day),
        "CPS-1191.edi": papers.x12(process, PARTNER, US, "CPS-1191", twin.day, day),
    }
    for name, content in arrived.items():
        list(take_in(name, content, commit=True, at=twin.at(9, 5), actor=twin.actor("sales")))


def _enter(twin: Twin, name: str, wanted: Wanted, *, po: str) -> Order:
    return orders.place_order(
        customer_id=_customer(name).pk,
        lines=_lines(wanted),
        channel=Channel.REP,
        requested_on=twin.day + timedelta(days=8),
        customer_po=po,
        owner_id=twin.people["sales"].pk,
        at=twin.at(8, 40),
        actor=twin.actor("sales"),
    )


def _lines(wanted: Wanted) -> list[NewLine]:
    keys = world.product_ids()
    return [NewLine(keys[sku], Decimal(count)) for sku, count in wanted]


def _customer(name: str) -> Customer:
    return Customer.objects.get(name=name)
