"""Overdue: who is late, in order of what a call may bring, and one account beside the list."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collection import selectors
from customers.models import Customer
from o2c.kernel import clock
from o2c.kernel.company import local_date, the_company
from o2c.kernel.pages import page
from o2c.kernel.requests import number_of

PAGE_SIZE = 25
MOST_SHOWN = 500
LAST_BUCKET = 4


@page("receivables.view_openitem")
def overdue(request: HttpRequest) -> HttpResponse:
    """Show the ageing, the worklist and the chosen account: `?customer=`, else the first."""
    company, asked = the_company(), request.GET
    day = local_date(clock.now(), company)
    currency = asked.get("currency") or company.currency
    shown = min(number_of(asked.get("shown")) or PAGE_SIZE, MOST_SHOWN)
    bucket = number_of(asked.get("bucket"))
    worklist = selectors.late_accounts(
        as_of=day,
        currency=currency,
        words=asked.get("q", ""),
        bucket=bucket if bucket is not None and bucket <= LAST_BUCKET else None,
        limit=shown,
    )
    chosen = number_of(asked.get("customer"))
    if chosen is None and worklist.accounts:
        chosen = worklist.accounts[0].customer_id
    aging = selectors.aging(as_of=day, currency=currency)
    context = {
        "day": day,
        "currency": currency,
        "currencies": selectors.currencies_owed(),
        "aging": aging,
        "buckets": [part.amount for part in aging],
        "late_share": 1 - aging[0].share if any(part.items for part in aging) else 0,
        "worklist": worklist,
        "bucket": bucket,
        "next_shown": shown + PAGE_SIZE if worklist.count > shown else None,
        "chosen": chosen,
        "account": _account(chosen, day) if chosen is not None else None,
    }
    template = "collections/overdue.html"
    if request.htmx.target == "acct":  # type: ignore[attr-defined]
        template += "#account"
    elif request.htmx.target == "worklist":  # type: ignore[attr-defined]
        template += "#worklist"
    return render(request, template, context)


def _account(customer_id: int, day: date) -> selectors.Arrears | None:
    try:
        return selectors.account_in_arrears(customer_id, as_of=day)
    except Customer.DoesNotExist:
        return None
