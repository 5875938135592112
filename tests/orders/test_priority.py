"""Whom scarce stock goes to first: the customer's rank, and an order's own."""

import pytest

from o2c.kernel import roles
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry
from orders import services
from orders.models import Order
from orders.services import NothingToRank


@pytest.fixture
def manager(browser_of, company):
    return browser_of(roles.FINANCE_MANAGER)


def post(browser, order, priority):
    answer = browser.post(f"/orders/{order.number}/priority/", {"priority": priority})
    return [str(message) for message in answer.wsgi_request._messages][-1]


def test_is_set_and_taken_back(manager, draft):
    first = post(manager, draft, "2")
    draft.refresh_from_db()
    ranked = draft.priority
    second = post(manager, draft, "")
    draft.refresh_from_db()

    assert (ranked, draft.priority) == (2, None)
    assert first == f"{draft.number} has priority 2."
    assert second == f"{draft.number} has its customer's priority."
    entry = AuditEntry.objects.filter(subject=draft.label).order_by("pk").last()
    assert entry.changes["priority"] == [2, None]


@pytest.mark.parametrize("entered", ["0", "10", "-1", "first", "2.5", "٣", "99999999999"])
def test_refuses_what_is_no_priority(manager, draft, entered):
    said = post(manager, draft, entered)

    assert said == "Enter a priority from 1, the first to get what is scarce, to 9."
    assert Order.objects.get().priority is None


def test_a_service_refuses_it_as_well(draft, now, actor):
    with pytest.raises(InvalidInput) as refused:
        services.set_priority(draft.pk, priority=10, at=now, actor=actor)

    assert refused.value.field == "priority"


def test_what_is_cancelled_has_no_rank(draft, now, actor):
    services.discard_draft(draft.pk, at=now, actor=actor)

    with pytest.raises(NothingToRank):
        services.set_priority(draft.pk, priority=1, at=now, actor=actor)

    assert Order.objects.get().priority is None


def test_a_rep_ranks_nothing(sales_rep, draft):
    answer = sales_rep.post(f"/orders/{draft.number}/priority/", {"priority": "1"})

    assert answer.status_code == 403
    assert Order.objects.get().priority is None


def test_an_order_is_delivered_by_the_term_agreed_with_its_customer(draft, now, actor):
    customer = draft.customer
    customer.incoterm = "DAP"
    customer.save()

    again = services.order_again(
        draft.pk, requested_on=draft.requested_on, owner_id=None, at=now, actor=actor
    )

    assert (draft.incoterm, again.incoterm) == ("", "DAP")


def test_an_order_keeps_who_pays_its_freight(draft, now, actor):
    customer = draft.customer
    customer.freight_terms = "charged"
    customer.save()

    again = services.order_again(
        draft.pk, requested_on=draft.requested_on, owner_id=None, at=now, actor=actor
    )
    customer.freight_terms = "borne"
    customer.save()

    terms = Order.objects.order_by("pk").values_list("freight_terms", flat=True)
    assert list(terms) == ["borne", "charged"]
    assert again.freight_terms == "charged"


def test_the_rest_of_an_order_pays_freight_as_the_order_does(draft, now, actor):
    Order.objects.update(freight_terms="charged")
    [line, *_others] = draft.lines.order_by("position")

    rest = services.order_rest(draft.pk, quantities={line.pk: line.ordered}, at=now, actor=actor)

    assert (draft.customer.freight_terms, rest.freight_terms) == ("borne", "charged")


@pytest.mark.parametrize("agreed", ["", "DAP"])
def test_the_rest_of_an_order_is_delivered_as_the_order_is(agreed, draft, now, actor):
    customer = draft.customer
    customer.incoterm = "EXW"
    customer.save()
    Order.objects.update(incoterm=agreed)
    [line, *_others] = draft.lines.order_by("position")

    rest = services.order_rest(draft.pk, quantities={line.pk: line.ordered}, at=now, actor=actor)

    assert rest.incoterm == agreed
