"""What is agreed with a customer, and who they are in law."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from customers import identity
from customers.events import ParentChosen
from customers.freight import FreightTerms
from customers.models import Address, Customer, PaymentTerms
from customers.services.places import Place, checked_place
from customers.services.telling import tell_of_customer
from o2c.kernel import audit, locks
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.numbering import keep_clear_of
from o2c.kernel.outbox import publish
from o2c.kernel.text import fold
from o2c.kernel.transactions import service

ANCESTORS = """
WITH RECURSIVE above(id, parent_id) AS (
    SELECT id, parent_id FROM customers_customer WHERE id = %(first)s
     UNION SELECT c.id, c.parent_id FROM customers_customer c JOIN above ON c.id = above.parent_id
) SELECT id FROM above
"""


class InCircle(InvalidInput):
    """A customer would belong to itself."""

    code = "parent_in_circle"


class TermsEnded(DomainError):
    """Payment terms that are not agreed any more."""

    code = "terms_ended"


@dataclass(frozen=True, kw_only=True)
class Details:
    """What we agree with a customer, and how we reach them. The currency is agreed once."""

    name: str
    payment_terms_id: int
    legal_name: str = ""
    email: str = ""
    vat_number: str = ""
    eori: str = ""
    registration_number: str = ""
    gln: str = ""
    parent_id: int | None = None
    language: str = "en"
    time_zone: str = "UTC"
    sales_rep_id: int | None = None
    billing_trigger: str = Customer.BillingTrigger.SHIPMENT.value
    accepts_backorders: bool = True
    shortage_policy: str = Customer.ShortagePolicy.BACKORDER.value
    ships_complete: bool = False
    priority: int = Customer.USUAL_PRIORITY
    incoterm: str = ""
    freight_terms: str = FreightTerms.BORNE.value
    consolidation: str = Customer.Consolidation.BY_HAND.value
    tax_status: str = Customer.TaxStatus.TAXABLE.value
    requires_po_number: bool = False
    grace_days: int = 0
    # A fraction of the listed price; None: as the house says.
    price_tolerance_rate: Decimal | None = None
    is_active: bool = True


@service
def create_customer(
    *,
    details: Details,
    currency: str,
    place: Place | None = None,
    number: str = "",
    at: datetime,
    actor: Actor,
) -> Customer:
    """Add a customer; `place` becomes where both their goods and their invoices go.

    `number` is what another system calls them; without one they get the next of ours.

    Raises:
        InvalidInput: something entered cannot be right; `field` names it.
        TermsEnded: the payment terms are not given any more.
    """
    place = checked_place(place) if place else None
    details = _checked(details, country=place.country if place else "")
    _check_terms(details)
    customer = Customer(
        **asdict(details), folded_name=fold(details.name), currency=currency, created_at=at
    )
    if number:
        customer.number = number
        keep_clear_of(number, prefix="C-", sequence="customers_number")
    audit.create(customer, at=at, actor=actor)
    if place is not None:
        places = [
            Address(customer=customer, kind=kind, is_default=True, **asdict(place))
            for kind in Address.Kind.values
        ]
        audit.create_many(places, at=at, actor=actor, touches=[customer.label])
    if details.parent_id is not None:
        publish(ParentChosen(customer_id=customer.pk, at=at, actor=actor))
    tell_of_customer(customer.pk, at=at, actor=actor)
    return customer


@service
def change_customer(
    customer_id: int, *, details: Details, seen: str = "", at: datetime, actor: Actor
) -> Customer:
    """Replace what is agreed with a customer; each change is in the audit trail.

    `seen` is the mark of the customer that the writer has looked at.

    Raises:
        Customer.DoesNotExist: no such customer.
        ChangedMeanwhile: somebody else has changed the customer since.
        InvalidInput: something entered cannot be right; `field` names it.
        TermsEnded: other payment terms were chosen, and they are not given any more.
    """
    if details.parent_id is not None:
        locks.one_at_a_time("customers.parent")
    customer = locks.lock(Customer, customer_id)
    refuse_if_changed(customer, seen=seen)
    details = _checked(details, country=_country_of(customer, details))
    if details.payment_terms_id != customer.payment_terms_id:
        _check_terms(details)
    is_moved = details.parent_id is not None and details.parent_id != customer.parent_id
    if details.parent_id is not None:
        _check_parent(customer.pk, details.parent_id)
    for name, value in asdict(details).items():
        setattr(customer, name, value)
    customer.folded_name = fold(details.name)
    audit.save(customer, at=at, actor=actor)
    if is_moved:
        publish(ParentChosen(customer_id=customer.pk, at=at, actor=actor))
    tell_of_customer(customer.pk, at=at, actor=actor)
    return customer


def _checked(details: Details, *, country: str) -> Details:
    """Return the details with their numbers in one form.

    Raises:
        InvalidInput: one of them cannot exist, or a policy contradicts another.
    """
    policy = Customer.ShortagePolicy.BACKORDER
    if details.shortage_policy == policy and not details.accepts_backorders:
        raise InvalidInput(
            _("Who accepts no backorders needs another policy for what is missing."),
            field="shortage_policy",
        )
    if details.priority not in Customer.PRIORITIES:
        message = _("Enter a priority from 1, the first to get what is scarce, to 9.")
        raise InvalidInput(message, field="priority")
    if (rate := details.price_tolerance_rate) is not None and not 0 <= rate < 1:
        message = _("Enter a tolerance from 0 to below 100 %.")
        raise InvalidInput(message, field="price_tolerance_rate")
    return replace(
        details,
        legal_name="" if details.legal_name == details.name else details.legal_name,
        vat_number=identity.vat_number(details.vat_number, country=country),
        eori=identity.eori(details.eori),
        registration_number=identity.registration_number(details.registration_number),
        gln=identity.gln(details.gln),
    )


def _country_of(customer: Customer, details: Details) -> str:
    """Return where the customer is, if a VAT number without its country needs that."""
    if not details.vat_number[:1].isdigit():
        return ""
    addresses = customer.addresses.filter(kind=Address.Kind.BILL_TO, is_active=True)
    return addresses.order_by("-is_default", "pk").values_list("country", flat=True).first() or ""


def _check_terms(details: Details) -> None:
    terms = PaymentTerms.objects.filter(pk=details.payment_terms_id).first()
    if terms is not None and not terms.is_active:
        message = _("“%(terms)s” is not given any more. Choose other payment terms.")
        raise TermsEnded(message % {"terms": terms}, field="payment_terms")


def _check_parent(customer_id: int, parent_id: int) -> None:
    """Refuse a parent that belongs to the customer itself; the caller is alone with parents."""
    with connection.cursor() as cursor:
        cursor.execute(ANCESTORS, {"first": parent_id})
        above = {key for (key,) in cursor.fetchall()}
    if not above:
        raise InvalidInput(_("There is no such customer."), field="parent")
    if customer_id in above:
        message = _("This customer belongs to the one that you chose: choose another, or none.")
        raise InCircle(message, field="parent")
