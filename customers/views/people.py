"""Whom we talk to at a customer."""

from dataclasses import fields

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from customers import services
from customers.forms import ContactForm
from customers.models import Contact
from customers.services import Person
from customers.views.common import attempt, customer_or_404, form_answer
from customers.views.customers import show
from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.lost_updates import mark_of
from o2c.kernel.pages import action, form_page
from o2c.kernel.requests import actor_of

ACTS = {"stop": services.stop_using_contact, "again": services.use_contact_again}


@form_page("customers.change_customer")
def contact_new(request: HttpRequest, number: str) -> HttpResponse:
    """Add a contact."""
    customer = customer_or_404(number)
    form = ContactForm(request.POST or None)
    if form.is_valid():
        added = attempt(
            form,
            lambda: services.add_contact(
                customer.pk, person=form.person(), at=clock.now(), actor=actor_of(request)
            ),
        )
        if added is not None:
            messages.success(request, _("The contact is added."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Add a contact"), customer=customer)


@form_page("customers.change_customer")
def contact_edit(request: HttpRequest, number: str, contact_id: int) -> HttpResponse:
    """Change what is known of a contact."""
    customer = customer_or_404(number)
    contact = get_object_or_404(Contact, pk=contact_id, customer=customer)
    values = {field.name: getattr(contact, field.name) for field in fields(Person)}
    form = ContactForm(request.POST or None, initial={**values, "seen": mark_of(contact)})
    if form.is_valid():
        changed = attempt(
            form,
            lambda: services.change_contact(
                contact.pk,
                person=form.person(),
                seen=form.cleaned_data["seen"],
                at=clock.now(),
                actor=actor_of(request),
            ),
        )
        if changed is not None:
            messages.success(request, _("The contact is changed."))
            return redirect("customers:detail", number=number)
    return form_answer(request, form, title=_("Change a contact"), customer=customer)


@action("customers.change_customer")
def contact_act(request: HttpRequest, number: str, contact_id: int, act: str) -> HttpResponse:
    """Write to a contact no more, or again."""
    contact = get_object_or_404(Contact, pk=contact_id, customer__number=number)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](contact.pk, at=clock.now(), actor=actor_of(request))
    except REFUSALS as refusal:
        return show(request, number, error=explain(refusal)[1])
    return redirect("customers:detail", number=number)
