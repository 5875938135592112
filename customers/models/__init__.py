"""Who we sell to."""

from customers.models.access import ApiKey, CustomerUser
from customers.models.activities import Activity
from customers.models.customers import Address, Contact, Customer
from customers.models.terms import PaymentTerms

__all__ = [
    "Activity",
    "Address",
    "ApiKey",
    "Contact",
    "Customer",
    "CustomerUser",
    "PaymentTerms",
]
