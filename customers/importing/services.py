"""Read a file of customers; with `commit`, write those that nothing speaks against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from customers import services
from customers.importing.columns import COLUMNS
from customers.importing.known import known_of
from customers.importing.plans import (
    Plan,
    filled,
    find_address,
    find_contact,
    person_of,
    place_of,
    plans_of,
)
from customers.models import Customer
from o2c.kernel.actors import Actor
from o2c.kernel.errors import DomainError
from o2c.kernel.sheets.tables import Table, read_table
from o2c.kernel.transactions import service


class Rehearsed(Exception):
    """The step went well, and is undone because it was only a rehearsal."""


@dataclass(frozen=True, kw_only=True)
class Doing:
    """How a file is imported."""

    commit: bool
    at: datetime
    actor: Actor


def import_customers(
    content: bytes, name: str, *, commit: bool, at: datetime, actor: Actor
) -> Table:
    """Read customers with their addresses and contacts, several rows to a customer if need be.

    A row means a customer by number, by VAT number, at last by its exact name. An empty cell, or
    a column that is not there, leaves what we know; nothing is ever removed. Each customer is a
    step of its own; without `commit` every step is run and undone. Credit is not touched.

    Raises:
        Unreadable: the file as a whole cannot be read.
    """
    table = read_table(content, name, columns=COLUMNS, needed=("name",), numbers=())
    vats = [row.text("vat_number") for row in table.rows]
    squeezed = ["".join(c for c in text if c.isalnum()).upper() for text in vats]
    known = known_of(table.rows, squeezed)
    plans = plans_of(table.rows, known)
    doing = Doing(commit=commit, at=at, actor=actor)
    for plan in plans:
        if plan.is_good:
            _try(plan, doing)
    if commit:
        _set_parents([plan for plan in plans if plan.parent and plan.is_good], doing)
    return table


def _try(plan: Plan, doing: Doing) -> None:
    try:
        _write(plan, doing)
    except Rehearsed:
        pass
    except DomainError as refusal:
        for row in plan.rows:
            row.reject(refusal.field, str(refusal))


@service
def _write(plan: Plan, doing: Doing) -> None:
    """Make or change one customer.

    Raises:
        DomainError: a rule of the services speaks against it; `field` names what.
        Rehearsed: it went well.
    """
    if plan.customer is None:
        plan.customer = _create(plan, doing)
    else:
        _change(plan, plan.customer, doing)
    if not doing.commit:
        raise Rehearsed


def _create(plan: Plan, doing: Doing) -> Customer:
    assert plan.details is not None  # a plan without problems has details
    customer = services.create_customer(
        details=plan.details,
        currency=plan.currency,
        number=plan.number,
        at=doing.at,
        actor=doing.actor,
    )
    for _where, kind, place in plan.places:
        services.add_address(customer.pk, kind=kind, place=place, at=doing.at, actor=doing.actor)
    for _where, person in plan.people:
        services.add_contact(customer.pk, person=person, at=doing.at, actor=doing.actor)
    return customer


def _change(plan: Plan, customer: Customer, doing: Doing) -> None:
    assert plan.details is not None  # a plan without problems has details
    if plan.rows[0].changes:
        services.change_customer(customer.pk, details=plan.details, at=doing.at, actor=doing.actor)
    for _where, kind, place in plan.places:
        address = find_address(customer, kind, place)
        if address is None:
            services.add_address(
                customer.pk, kind=kind, place=place, at=doing.at, actor=doing.actor
            )
        elif filled(address, place) != place_of(address):
            services.change_address(
                address.pk, place=filled(address, place), at=doing.at, actor=doing.actor
            )
    for _where, person in plan.people:
        contact = find_contact(customer, person)
        if contact is None:
            services.add_contact(customer.pk, person=person, at=doing.at, actor=doing.actor)
        elif filled(contact, person) != person_of(contact):
            services.change_contact(
                contact.pk, person=filled(contact, person), at=doing.at, actor=doing.actor
            )


def _set_parents(plans: Sequence[Plan], doing: Doing) -> None:
    """Join customers of one file, now that all of them are there."""
    numbers = {plan.parent for plan in plans}
    parents = dict(Customer.objects.filter(number__in=numbers).values_list("number", "pk"))
    for plan in plans:
        if plan.customer is None or plan.details is None:
            continue
        parent_id = parents.get(plan.parent)
        if parent_id is None:
            message = _("The parent %(number)s was not imported.")
            plan.rows[0].reject("parent", message % {"number": plan.parent})
            continue
        plan.details = replace(plan.details, parent_id=parent_id)
        try:
            services.change_customer(
                plan.customer.pk, details=plan.details, at=doing.at, actor=doing.actor
            )
        except DomainError as refusal:
            plan.rows[0].reject(refusal.field, str(refusal))
