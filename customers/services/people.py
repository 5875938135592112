"""Whom we talk to at a customer."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import Contact, Customer
from customers.services.telling import tell_of_contact
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.lost_updates import refuse_if_changed
from o2c.kernel.transactions import service


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody at a customer. `language` empty: the customer's. `uid`: their own address book's."""

    role: str
    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    uid: str = ""


@service
def add_contact(customer_id: int, *, person: Person, at: datetime, actor: Actor) -> Contact:
    """Add somebody whom we reach about orders, payments or deliveries.

    Raises:
        InvalidInput: they have no name, or the customer's contacts have this uid already.
    """
    person = _checked(person)
    customer = lock(Customer, customer_id)
    if person.uid and customer.contacts.filter(uid=person.uid).exists():
        raise InvalidInput(_("This contact is there already."), field="uid")
    contact = Contact(customer=customer, **asdict(person))
    audit.create(contact, at=at, actor=actor, touches=[customer.label])
    return tell_of_contact(contact, at=at, actor=actor)


@service
def change_contact(
    contact_id: int, *, person: Person, seen: str = "", at: datetime, actor: Actor
) -> Contact:
    """Replace what is known of a contact; their uid stays.

    Raises:
        Contact.DoesNotExist: no such contact.
        ChangedMeanwhile: somebody else has changed it since it was looked at.
        InvalidInput: they have no name.
    """
    person = _checked(person)
    customer, contact = _locked(contact_id)
    refuse_if_changed(contact, seen=seen)
    for name, value in asdict(replace(person, uid=contact.uid)).items():
        setattr(contact, name, value)
    audit.save(contact, at=at, actor=actor, touches=[customer.label])
    return tell_of_contact(contact, at=at, actor=actor)


@service
def stop_using_contact(contact_id: int, *, at: datetime, actor: Actor) -> Contact:
    """Write to a contact no more; what was said with them stays.

    Raises:
        Contact.DoesNotExist: no such contact.
    """
    customer, contact = _locked(contact_id)
    contact.is_active = False
    audit.save(contact, at=at, actor=actor, touches=[customer.label])
    return tell_of_contact(contact, at=at, actor=actor)


@service
def use_contact_again(contact_id: int, *, at: datetime, actor: Actor) -> Contact:
    """Write to a contact again.

    Raises:
        Contact.DoesNotExist: no such contact.
    """
    customer, contact = _locked(contact_id)
    contact.is_active = True
    audit.save(contact, at=at, actor=actor, touches=[customer.label])
    return tell_of_contact(contact, at=at, actor=actor)


def _checked(person: Person) -> Person:
    person = replace(person, name=" ".join(person.name.split()))
    if not person.name:
        raise InvalidInput(_("A contact needs a name."), field="name")
    return person


def _locked(contact_id: int) -> tuple[Customer, Contact]:
    """Lock the customer, and read the contact only then: nobody else can change it."""
    owner = Contact.objects.values_list("customer_id", flat=True).get(pk=contact_id)
    customer = lock(Customer, owner)
    return customer, Contact.objects.get(pk=contact_id)
