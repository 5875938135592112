"""Whatever is sent to a form is answered in words: no fault, never half a change."""

from datetime import timedelta
from decimal import Decimal

import pytest

from credit import services
from credit.models import CreditApplication, CreditPolicy
from o2c.kernel import clock
from o2c.kernel.actors import Actor
from orders.models import Order
from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.credit.test_guideline_life import REST, SMALL
from tests.factories import CustomerFactory

AREA = "/credit/"
# Routes that no page leads to, by the reason.
UNREACHED = {
    "credit/cases/<str:number>/bureau/": "shown after a report that did not come: test_bureau",
}


@pytest.mark.usefixtures("held")
def test_every_form_answers_bad_input_in_words(
    referred, approved, place, put_in_force, person, now, analyst
):
    put_in_force([SMALL, REST])
    services.create_draft(rules=[SMALL, REST], note="", at=now, actor=analyst)
    services.place_hold(approved.pk, kind="manual", reason="Asks", at=now, actor=analyst)
    other = CustomerFactory.create(parent=approved)
    assert place(other, 10000).state == Order.State.IN_REVIEW
    services.ask_for_documents(
        other.credit_applications.get().pk, documents="Accounts", at=now, actor=analyst
    )
    paper = services.Paper(
        kind="guarantee",
        issuer="Bank",
        reference="G-1",
        amount=Decimal(5000),
        valid_from=now.date(),
        valid_until=now.date() + timedelta(days=90),
    )
    services.record_guarantee(approved.pk, paper=paper, at=now, actor=analyst)
    CreditPolicy.objects.filter(status="active").update(second_signature_from=10000)
    me = person()
    proposals = [
        services.set_limit(
            customer.pk,
            limit=Decimal(150000),
            valid_until=now.date() + timedelta(days=90),
            reason="New plant",
            at=now,
            actor=Actor.user(by),
        )
        for customer, by in ((approved, person()), (CustomerFactory.create(), me))
    ]
    client = signed_in(me)
    customers = (approved, other, referred.customer)
    starts = [f"/credit/accounts/{one.number}/" for one in customers]
    cases = [*Order.objects.order_by("pk"), *CreditApplication.objects.order_by("pk")]
    starts += [f"/credit/?case={case.number}" for case in cases]
    starts += [f"/credit/proposals/{proposal.pk}/" for proposal in proposals]
    with clock.travel(now):
        forms = forms_below(client, AREA, *starts)

        assert faults_of(client, forms) == []
        assert unreached(forms, AREA) == sorted(UNREACHED)
        assert faults_at(client, AREA) == []
