"""What is agreed with some customers beyond the usual, and what people remember of them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from stdnum import ean
from stdnum.iso7064 import mod_11_10

from customers import services
from customers.importing.plans import details_of
from customers.models import Customer, PaymentTerms
from customers.services import Happening, Person, Place
from simulation.twin import Twin


@dataclass(frozen=True)
class Agreed:
    """Payment terms of one customer, in the columns of `PaymentTerms`."""

    customer: str
    columns: dict[str, object]


SPECIAL = (
    Agreed(
        "Old Mill Packaging",
        {
            "code": "2-10-N30",
            "name": "2 % within 10 days, 30 days net",
            "net_days": 30,
            "discount_days": [10],
            "discount_rates": [Decimal("0.02")],
        },
    ),
    Agreed(
        "Copperline Process Systems",
        {
            "code": "3RATES",
            "name": "30 % in 14, 30 % in 30, 40 % in 60 days",
            "net_days": 60,
            "moves_to_working_day": True,
            "instalment_days": [14, 30, 60],
            "instalment_shares": [Decimal("0.3"), Decimal("0.3"), Decimal("0.4")],
        },
    ),
    Agreed(
        "Meridian Food Machinery",
        {
            "code": "EOM10",
            "name": "10 days after the end of the month",
            "basis": PaymentTerms.Basis.END_OF_MONTH,
            "net_days": 10,
        },
    ),
    Agreed(
        "Foxglove Pharma Supply",
        {
            "code": "15TH",
            "name": "the 15th of the next month",
            "net_days": 0,
            "basis": PaymentTerms.Basis.DAY_OF_MONTH,
            "day_of_month": 15,
            "months_ahead": 1,
            "moves_to_working_day": True,
        },
    ),
)
BUYERS = {
    "Tamarack Paper Mills": "Birgit Sandahl",
    "Blue Heron Water Works": "Emil Krantz",
    "Juniper HVAC Partners": "Nadia Rossi",
    "Copperline Process Systems": "Theo Bakker",
}


def agree() -> dict[str, PaymentTerms]:
    """Make the special terms; return them by the name of the customer who has them."""
    return {special.customer: PaymentTerms.objects.create(**special.columns) for special in SPECIAL}


def remember(twin: Twin) -> None:
    """Let the sales rep know some customers well: who they are in law, whom to ask, what is due."""
    rep = twin.actor("sales")
    for number, (name, buyer) in enumerate(BUYERS.items()):
        customer = Customer.objects.get(name=name)
        _identify(twin, customer, number)
        contact = services.add_contact(
            customer.pk,
            person=Person(role="buyer", name=buyer, title="Purchasing", email=_mail(customer)),
            at=twin.at(8, 20),
            actor=rep,
        )
        asked = Happening(
            kind="call",
            text=f"{buyer} asks whether the next delivery can come a week earlier.",
            contact_id=contact.pk,
            happened_at=twin.at(8, 21),
        )
        services.add_activity(customer.pk, happening=asked, at=twin.at(8, 25), actor=rep)
    mill = Customer.objects.get(name="Tamarack Paper Mills")
    _note(twin, mill, "Opens a second paper machine in spring: seals and filters double.")
    _task(twin, mill, "Offer Tamarack a yearly agreement on seals", days=0)
    _task(twin, mill, "Ask how the new gaskets hold", days=12)
    _task(
        twin, Customer.objects.get(name="Juniper HVAC Partners"), "Send the new price list", days=-2
    )
    services.add_address(
        mill.pk,
        kind="ship_to",
        place=Place(
            label="Machine 2",
            street="Werftallee 40",
            postal_code="18119",
            city="Rostock",
            country="DE",
            code="PM2",
        ),
        at=twin.at(8, 40),
        actor=rep,
    )


def send_together(twin: Twin, name: str) -> None:
    """Agree with a customer that what goes to one address goes in one shipment."""
    customer = Customer.objects.get(name=name)
    joint = Customer.Consolidation.AUTOMATIC.value
    services.change_customer(
        customer.pk,
        details=replace(details_of(customer), consolidation=joint),
        at=twin.at(8, 10),
        actor=twin.actor("sales"),
    )


def _identify(twin: Twin, customer: Customer, number: int) -> None:
    digits = f"{81000000 + 1237 * number}"
    place = f"401234500{number:03}"
    details = replace(
        details_of(customer),
        legal_name=f"{customer.name} GmbH",
        vat_number=f"DE{digits}{mod_11_10.calc_check_digit(digits)}",
        registration_number=f"HRB {4100 + number}",
        gln=place + ean.calc_check_digit(place),
    )
    services.change_customer(
        customer.pk, details=details, at=twin.at(8, 15), actor=twin.actor("sales")
    )


def _note(twin: Twin, customer: Customer, text: str) -> None:
    happening = Happening(kind="note", text=text)
    services.add_activity(
        customer.pk, happening=happening, at=twin.at(8, 30), actor=twin.actor("sales")
    )


def _task(twin: Twin, customer: Customer, text: str, *, days: int) -> None:
    happening = Happening(
        kind="task",
        text=text,
        due_on=twin.day + timedelta(days=days),
        assignee_id=twin.people["sales"].pk,
    )
    services.add_activity(
        customer.pk, happening=happening, at=twin.at(8, 35), actor=twin.actor("sales")
    )


def _mail(customer: Customer) -> str:
    return f"purchasing@{customer.email.partition('@')[2]}"
