"""Panels and pages about credit memos: beside the return that led to one, and the customer's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from customers.models import Customer
from customers.portal import portal_page
from invoicing import credit_selectors as selectors
from invoicing import services
from o2c.kernel import downloads
from o2c.kernel.pages import page
from o2c.kernel.requests import page_of
from shipping.models import Return

PAGE_SIZE = 50


@page("invoicing.view_invoice")
def return_memos(request: HttpRequest, number: str) -> HttpResponse:
    """Show the credit memos of a return, and what of it is never billed."""
    row = get_object_or_404(Return, number=number)
    return render(request, "invoicing/return_memos.html", _of_return(row))


@portal_page
def own_memos(request: HttpRequest, customer: Customer) -> HttpResponse:
    """List the customer's credit memos, newest first."""
    start = page_of(request) * PAGE_SIZE
    found = list(selectors.memos_of_customer(customer.pk)[start : start + PAGE_SIZE + 1])
    context = {
        "customer": customer,
        "memos": found[:PAGE_SIZE],
        "next_page": page_of(request) + 1 if len(found) > PAGE_SIZE else None,
    }
    return render(request, "invoicing/portal_memos.html", context)


@portal_page
def own_return_memos(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Show what of one of the customer's returns was credited."""
    row = get_object_or_404(Return, number=number, customer=customer)
    return render(request, "invoicing/portal_return_memos.html", _of_return(row))


@portal_page
def own_memo(request: HttpRequest, customer: Customer, number: str) -> HttpResponse:
    """Give one of the customer's own credit memos as PDF."""
    memos = selectors.memos_of_customer(customer.pk)
    return downloads.shown(services.pdf_of(get_object_or_404(memos, number=number)))


def _of_return(row: Return) -> dict[str, object]:
    memos = list(selectors.memos_of_return(row.pk))
    left_out = list(selectors.left_out_for(row.pk))
    is_due = row.state == Return.State.SETTLED and not memos and not left_out
    return {"return": row, "memos": memos, "left_out": left_out, "is_due": is_due}
