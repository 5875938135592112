"""Everything that changes a customer."""

from customers.services.activities import (
    Happening,
    add_activity,
    change_activity,
    finish_task,
    reopen_task,
)
from customers.services.details import Details, change_customer, create_customer
from customers.services.keys import create_api_key, revoke_api_key
from customers.services.people import (
    Person,
    add_contact,
    change_contact,
    stop_using_contact,
    use_contact_again,
)
from customers.services.places import (
    Place,
    add_address,
    change_address,
    make_usual,
    stop_using_address,
    use_address_again,
)
from customers.services.terms import (
    Agreement,
    change_terms,
    create_terms,
    give_terms_again,
    stop_giving_terms,
)

__all__ = [
    "Agreement",
    "Details",
    "Happening",
    "Person",
    "Place",
    "add_activity",
    "add_address",
    "add_contact",
    "change_activity",
    "change_address",
    "change_contact",
    "change_customer",
    "change_terms",
    "create_api_key",
    "create_customer",
    "create_terms",
    "finish_task",
    "give_terms_again",
    "make_usual",
    "reopen_task",
    "revoke_api_key",
    "stop_giving_terms",
    "stop_using_address",
    "stop_using_contact",
    "use_address_again",
    "use_contact_again",
]
