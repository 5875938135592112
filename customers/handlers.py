"""What leaves the house when customers change."""

from customers.crm import services
from customers.crm.adapter import the_adapter
from customers.events import ContactChanged, CustomerChanged
from o2c.kernel.events import after


@after(CustomerChanged)
def tell_crm_of_customer(event: CustomerChanged) -> None:
    """Push the customer as it is by now; nothing where no CRM is connected any more."""
    adapter = the_adapter()
    if adapter is not None:
        services.push_customer(adapter, event.customer_id)


@after(ContactChanged)
def tell_crm_of_contact(event: ContactChanged) -> None:
    """Push the contact as it is by now; nothing where no CRM is connected any more."""
    adapter = the_adapter()
    if adapter is not None:
        services.push_contact(adapter, event.contact_id)
