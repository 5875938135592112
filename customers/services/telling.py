"""Say that a customer or a contact has changed, where somebody listens."""

from datetime import datetime

from django.conf import settings

from customers.events import ContactChanged, CustomerChanged
from customers.models import Contact
from o2c.kernel.actors import Actor
from o2c.kernel.outbox import publish


def tell_of_customer(customer_id: int, *, at: datetime, actor: Actor) -> None:
    """Announce a customer's change; without a CRM nothing is written."""
    if settings.CRM_ADAPTER:
        publish(CustomerChanged(customer_id=customer_id, at=at, actor=actor))


def tell_of_contact(contact: Contact, *, at: datetime, actor: Actor) -> Contact:
    """Announce a contact's change; without a CRM nothing is written."""
    if settings.CRM_ADAPTER:
        publish(ContactChanged(contact_id=contact.pk, at=at, actor=actor))
    return contact
