"""Pages of credit control ask the database the same for 1 row and for 20."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit import services
from credit.models import CreditPolicy, CreditProposal
from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from tests.factories import CreditAccountFactory, CustomerFactory

# Statements of each view of the queue, with the case that it shows.
VIEWS = {"second": 12, "documents": 32, "reviews": 12}


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nine_o_clock(now, db):
    CreditPolicy.objects.filter(status="active").update(second_signature_from=10000)
    with clock.travel(now):
        yield


def statements(browser, address):
    browser.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert browser.get(address).status_code == 200
    return len(caught)


@pytest.fixture
def second(person, now):
    """Let limits wait for a second signature: `second(20)`."""
    actor = Actor.user(person(roles.CREDIT_ANALYST))

    def make(count):
        for _ in range(count):
            customer = CreditAccountFactory.create().customer
            set_limit(customer, 60000, 300, at=now, actor=actor)

    return make


@pytest.fixture
def documents(place, analyst, now, company):
    """Let applications wait for documents."""

    def make(count):
        for _ in range(count):
            customer = CustomerFactory.create()
            place(customer, 10000)
            services.ask_for_documents(
                customer.credit_applications.get().pk, documents="Accounts", at=now, actor=analyst
            )

    return make


@pytest.fixture
def reviews(analyst, now, company):
    """Have approvals that end in three days."""

    def make(count):
        for _ in range(count):
            set_limit(CreditAccountFactory.create().customer, 5000, 3, at=now, actor=analyst)

    return make


def set_limit(customer, limit, days, *, at, actor):
    return services.set_limit(
        customer.pk,
        limit=Decimal(limit),
        valid_until=at.date() + timedelta(days=days),
        reason="Season",
        at=at,
        actor=actor,
    )


@pytest.mark.parametrize("view", list(VIEWS))
def test_views_of_the_queue(request, credit_analyst, view):
    more = request.getfixturevalue(view)
    address = f"{reverse('credit:queue')}?view={view}"
    more(1)
    few = statements(credit_analyst, address)
    more(19)

    many = statements(credit_analyst, address)

    listed = credit_analyst.get(address).context["worklist"]
    assert listed.counts[view] == 20
    assert few == many == VIEWS[view]


def test_proposal(browser_of, company, second, analyst, now):
    second(1)
    proposal = CreditProposal.objects.get()
    address = reverse("credit:proposal", args=[proposal.pk])
    browser = browser_of(roles.CREDIT_MANAGER)
    few = statements(browser, address)
    for number in range(20):
        before = now - timedelta(days=60 - number)
        set_limit(proposal.customer, 5000, 300, at=before, actor=analyst)

    assert few == statements(browser, address) == 15
