"""Where a customer's goods and invoices go."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers import identity, postal
from customers.models import Address, Customer
from customers.services.telling import tell_of_customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.transactions import service


class StillUsual(DomainError):
    """The usual place cannot go while there are others to take its part."""

    code = "still_usual"


class NotInUse(DomainError):
    """A place that is not in use any more cannot be the usual one."""

    code = "not_in_use"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where goods or invoices go. `country` is an ISO 3166 code of two letters.

    `code` is what the customer calls the place in their documents, `gln` its GS1 number.
    """

    street: str
    city: str
    country: str
    postal_code: str = ""
    region: str = ""
    label: str = ""
    code: str = ""
    gln: str = ""


def checked_place(place: Place) -> Place:
    """Return the place with its codes in one form.

    Raises:
        InvalidInput: country, postal code or GLN cannot exist.
    """
    country = postal.country(place.country)
    return replace(
        place,
        country=country,
        postal_code=postal.postal_code(place.postal_code, country=country),
        code=place.code.strip(),
        gln=identity.gln(place.gln),
    )


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
    """Add an address. The first of its kind, and one said to be, is the usual one.

    Raises:
        InvalidInput: something entered cannot be right; `field` names it.
    """
    place = checked_place(place)
    customer = lock(Customer, customer_id)
    _check_names(place, _others(customer, kind))
    usual = _others(customer, kind).filter(is_default=True).first()
    if usual is not None and is_default:
        _stop_being_usual(usual, at=at, actor=actor)
    address = Address(
        customer=customer, kind=kind, is_default=is_default or usual is None, **asdict(place)
    )
    audit.create(address, at=at, actor=actor, touches=[customer.label])
    tell_of_customer(customer.pk, at=at, actor=actor)
    return address


@service
def change_address(
    address_id: int, *, place: Place, seen: str = "", at: datetime, actor: Actor
) -> Address:
    """Correct an address; documents that are issued keep what they say.

    Raises:
        Address.DoesNotExist: no such address.
        ChangedMeanwhile: somebody else has changed it since it was looked at.
        InvalidInput: something entered cannot be right; `field` names it.
    """
    place = checked_place(place)
    customer, address = _locked(address_id)
    refuse_if_changed(address, seen=seen)
    _check_names(place, _others(customer, address.kind).exclude(pk=address.pk))
    for name, value in asdict(place).items():
        setattr(address, name, value)
    audit.save(address, at=at, actor=actor, touches=[customer.label])
    tell_of_customer(customer.pk, at=at, actor=actor)
    return address


@service
def make_usual(address_id: int, *, at: datetime, actor: Actor) -> Address:
    """Make an address the usual one of its kind; doing it again changes nothing.

    Raises:
        Address.DoesNotExist: no such address.
        NotInUse: it is not in use any more.
    """
    customer, address = _locked(address_id)
    if not address.is_active:
        raise NotInUse(_("This address is not in use any more. Use it again first."))
    usual = _others(customer, address.kind).filter(is_default=True).exclude(pk=address.pk).first()
    if usual is not None:
        _stop_being_usual(usual, at=at, actor=actor)
    address.is_default = True
    audit.save(address, at=at, actor=actor, touches=[customer.label])
    tell_of_customer(customer.pk, at=at, actor=actor)
    return address


@service
def stop_using_address(address_id: int, *, at: datetime, actor: Actor) -> Address:
    """Offer an address no more; orders and documents that name it keep it.

    Raises:
        Address.DoesNotExist: no such address.
        StillUsual: it is the usual one, and another could be.
    """
    customer, address = _locked(address_id)
    others = _others(customer, address.kind).exclude(pk=address.pk)
    if address.is_default and others.exists():
        raise StillUsual(_("This is the usual address. Make another one the usual first."))
    address.is_active, address.is_default = False, False
    audit.save(address, at=at, actor=actor, touches=[customer.label])
    tell_of_customer(customer.pk, at=at, actor=actor)
    return address


@service
def use_address_again(address_id: int, *, at: datetime, actor: Actor) -> Address:
    """Offer an address again.

    Raises:
        Address.DoesNotExist: no such address.
        InvalidInput: another address has its code or GLN by now.
    """
    customer, address = _locked(address_id)
    others = _others(customer, address.kind).exclude(pk=address.pk)
    names = Place(street="", city="", country=address.country, code=address.code, gln=address.gln)
    _check_names(names, others)
    address.is_active = True
    address.is_default = address.is_default or not others.filter(is_default=True).exists()
    audit.save(address, at=at, actor=actor, touches=[customer.label])
    tell_of_customer(customer.pk, at=at, actor=actor)
    return address


def _locked(address_id: int) -> tuple[Customer, Address]:
    """Lock the customer, and read the address only then: nobody else can change it."""
    owner = Address.objects.values_list("customer_id", flat=True).get(pk=address_id)
    customer = lock(Customer, owner)
    return customer, Address.objects.get(pk=address_id)


def _others(customer: Customer, kind: str) -> QuerySet[Address]:
    return Address.objects.filter(customer=customer, kind=kind, is_active=True)


def _stop_being_usual(usual: Address, *, at: datetime, actor: Actor) -> None:
    usual.is_default = False
    audit.save(usual, at=at, actor=actor, touches=[f"customer:{usual.customer_id}"])


def _check_names(place: Place, others: QuerySet[Address]) -> None:
    for name in ("code", "gln"):
        value = getattr(place, name)
        taken = others.filter(**{name: value}).first() if value else None
        if taken is not None:
            message = _("“%(value)s” is the customer's place %(place)s already.")
            raise InvalidInput(message % {"value": value, "place": taken}, field=name)
