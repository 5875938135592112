"""Everything that changes a customer."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from customers.authentication import PREFIX_LENGTH, hash_of, new_secret
from customers.models import Address, ApiKey, Contact, Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.text import fold
from o2c.kernel.transactions import service


@dataclass(frozen=True, kw_only=True)
class Details:
    """What we agree with a customer, and how we reach them. The currency is agreed once."""

    name: str
    payment_terms_id: int
    email: str = ""
    vat_number: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    sales_rep_id: int | None = None
    billing_trigger: str = Customer.BillingTrigger.SHIPMENT.value
    accepts_backorders: bool = True
    shortage_policy: str = Customer.ShortagePolicy.BACKORDER.value
    tax_status: str = Customer.TaxStatus.TAXABLE.value
    requires_po_number: bool = False
    grace_days: int = 0
    is_active: bool = True


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where goods or invoices go. `country` is an ISO 3166 code of two letters."""

    street: str
    city: str
    country: str
    postal_code: str = ""
    region: str = ""
    label: str = ""


@service
def create_customer(
    *, details: Details, currency: str, place: Place | None = None, at: datetime, actor: Actor
) -> Customer:
    """Add a customer; `place` becomes where both their goods and their invoices go.

    Raises:
        InvalidInput: backorders are the policy, but the customer accepts none.
    """
    _check_policy(details)
    customer = Customer(
        **asdict(details), folded_name=fold(details.name), currency=currency, created_at=at
    )
    audit.create(customer, at=at, actor=actor)
    if place is not None:
        Address.objects.bulk_create(
            Address(customer=customer, kind=kind, is_default=True, **asdict(place))
            for kind in Address.Kind.values
        )
    return customer


@service
def change_customer(customer_id: int, *, details: Details, at: datetime, actor: Actor) -> Customer:
    """Replace what is agreed with a customer; each change is in the audit trail.

    Raises:
        Customer.DoesNotExist: no such customer.
        InvalidInput: backorders are the policy, but the customer accepts none.
    """
    _check_policy(details)
    customer = lock(Customer, customer_id)
    for name, value in asdict(details).items():
        setattr(customer, name, value)
    customer.folded_name = fold(details.name)
    return audit.save(customer, at=at, actor=actor)


@service
def add_address(
    customer_id: int,
    *,
    kind: str,
    place: Place,
    is_default: bool = False,
    at: datetime,
    actor: Actor,
) -> Address:
    """Add an address. The first of its kind, and one said to be, is the usual one."""
    customer = lock(Customer, customer_id)
    others = Address.objects.filter(customer=customer, kind=kind, is_default=True)
    if is_default:
        others.update(is_default=False)
    is_usual = is_default or not others.exists()
    address = Address(customer=customer, kind=kind, is_default=is_usual, **asdict(place))
    address.save(force_insert=True)
    audit.record(
        customer.label,
        "add address",
        at=at,
        actor=actor,
        changes={str(address.get_kind_display()): ("", str(address))},
    )
    return address


@service
def add_contact(
    customer_id: int,
    *,
    role: str,
    name: str,
    email: str = "",
    phone: str = "",
    at: datetime,
    actor: Actor,
) -> Contact:
    """Add somebody whom we reach about orders, payments or deliveries."""
    customer = lock(Customer, customer_id)
    contact = Contact(customer=customer, role=role, name=name, email=email, phone=phone)
    contact.save(force_insert=True)
    audit.record(
        customer.label,
        "add contact",
        at=at,
        actor=actor,
        changes={str(contact.get_role_display()): ("", name)},
    )
    return contact


@service
def create_api_key(
    customer_id: int,
    *,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
    at: datetime,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """Make a key for one customer's system; return it with its secret, which nobody sees again."""
    customer = lock(Customer, customer_id)
    secret = new_secret()
    key = ApiKey(
        customer=customer,
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        secret_hash=hash_of(secret),
        scopes=scopes,
        created_at=at,
        expires_at=expires_at,
    )
    key.save(force_insert=True)
    audit.record(
        customer.label,
        "create API key",
        at=at,
        actor=actor,
        changes={key.prefix: ("", ", ".join(scopes))},
    )
    return key, secret


@service
def revoke_api_key(key_id: int, *, reason: str, at: datetime, actor: Actor) -> ApiKey:
    """Stop a key from working; revoking it again changes nothing.

    Raises:
        ApiKey.DoesNotExist: no such key.
    """
    key = ApiKey.objects.select_related("customer").get(pk=key_id)
    lock(Customer, key.customer_id)
    if not ApiKey.objects.filter(pk=key_id, revoked_at=None).update(revoked_at=at):
        return key
    key.revoked_at = at
    audit.record(
        key.customer.label,
        "revoke API key",
        at=at,
        actor=actor,
        changes={key.prefix: ("usable", "revoked")},
        reason=reason,
    )
    return key


def _check_policy(details: Details) -> None:
    policy = Customer.ShortagePolicy.BACKORDER
    if details.shortage_policy == policy and not details.accepts_backorders:
        raise InvalidInput(
            _("Who accepts no backorders needs another policy for what is missing."),
            field="shortage_policy",
        )
