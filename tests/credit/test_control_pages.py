"""Proposals, policy, guarantees, maxima and groups on their pages."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credit import services
from credit.models import CreditAccount, CreditGroup, CreditPolicy, CreditProposal, Guarantee
from o2c.kernel import clock, roles
from o2c.kernel.actors import Actor
from tests.factories import CustomerFactory


@pytest.fixture(autouse=True)
def nine_o_clock(now):
    with clock.travel(now):
        yield


@pytest.fixture
def proposal(approved, person, now):
    """A limit of 150,000.00 that waits for a second signature."""
    return services.set_limit(
        approved.pk,
        limit=Decimal(150000),
        valid_until=date(2027, 6, 30),
        reason="New plant",
        at=now,
        actor=Actor.user(person(roles.CREDIT_ANALYST)),
    )


@pytest.fixture
def manager(browser_of, company):
    return browser_of(roles.CREDIT_MANAGER)


def answer(browser, proposal, **values):
    address = reverse("credit:answer-proposal", args=[proposal.pk])
    return browser.post(address, {"token": "t", **values})


def test_manager_signs_on_the_page(manager, proposal):
    page = manager.get(reverse("credit:proposal", args=[proposal.pk])).content.decode()
    response = answer(manager, proposal, answer="sign")

    assert "150,000.00" in page
    assert "New plant" in page
    assert response.status_code == 302
    assert CreditAccount.objects.get().limit == Decimal(150000)


def test_rejecting_without_a_reason_is_refused_at_the_field(manager, proposal):
    response = answer(manager, proposal, answer="reject")

    assert response.status_code == 422
    assert "Say why" in response.content.decode()
    assert CreditProposal.objects.get().status == "open"


def test_analyst_may_not_sign(credit_analyst, proposal):
    response = answer(credit_analyst, proposal, answer="sign")

    assert response.status_code == 403
    assert CreditProposal.objects.get().status == "open"


def test_proposer_withdraws(client, proposal):
    client.force_login(proposal.proposed_by)

    page = client.get(reverse("credit:proposal", args=[proposal.pk])).content.decode()
    client.post(reverse("credit:withdraw-proposal", args=[proposal.pk]))

    assert "somebody else signs" in page
    assert CreditProposal.objects.get().status == "lapsed"


def test_queue_lists_what_waits_for_a_signature(manager, proposal):
    response = manager.get("/credit/", {"view": "second"})

    assert response.context["worklist"].proposals == [proposal]
    assert reverse("credit:proposal", args=[proposal.pk]) in response.content.decode()


def test_queue_lists_limits_to_review(credit_analyst, approved, now):
    services.set_limit(
        approved.pk,
        limit=Decimal(10000),
        valid_until=date(2027, 6, 30),
        next_review_on=date(2026, 11, 20),
        reason="Season",
        at=now,
        actor=Actor.importer("x"),
    )
    before = credit_analyst.get("/credit/", {"view": "reviews"}).context["worklist"].reviews

    with clock.travel(now.replace(day=20)):
        after = credit_analyst.get("/credit/", {"view": "reviews"}).context["worklist"].reviews

    assert (list(before), [account.customer for account in after]) == ([], [approved])


def rules_of(*rows):
    data = {"rules-TOTAL_FORMS": len(rows), "rules-INITIAL_FORMS": 0}
    for index, row in enumerate(rows):
        data |= {f"rules-{index}-{name}": value for name, value in row.items()}
    return data


POLICY = {
    "token": "t",
    "version": 1,
    "second_signature_from": "40,000.00",
    "answer_within_hours": 6,
    "warn_before_minutes": 30,
    "horizon_days": "",
}


def test_manager_puts_a_policy_in_force(manager):
    rule = {"rule": "broken_promises", "threshold": "3", "classes": ["D", "E"], "action": "hold"}

    response = manager.post("/credit/policy/", POLICY | rules_of(rule, {"rule": ""}))

    policy = CreditPolicy.objects.get(status="active")
    assert response.status_code == 302
    assert (policy.version, policy.second_signature_from, policy.answer_within_hours) == (
        2,
        Decimal(40000),
        6,
    )
    assert policy.rules == [
        {"rule": "broken_promises", "classes": ["D", "E"], "threshold": "3", "action": "hold"}
    ]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"answer_within_hours": 0}, {"rule": "dunning_level", "threshold": "3"}),
        ({"answer_within_hours": "x"}, {"rule": "dunning_level", "threshold": "3"}),
        ({"second_signature_from": "-1"}, {"rule": "dunning_level", "threshold": "3"}),
        ({}, {"rule": "share_overdue", "threshold": "2"}),
        ({}, {"rule": "share_overdue", "threshold": ""}),
        ({}, {"rule": "moon", "threshold": "1"}),
        ({"version": 7}, {"rule": "dunning_level", "threshold": "3"}),
    ],
)
def test_policy_that_cannot_be_is_refused(manager, changes, rule):
    response = manager.post(
        "/credit/policy/", POLICY | changes | rules_of({"action": "refer", **rule})
    )

    assert response.status_code in {409, 422}
    assert 'class="errsum"' in response.content.decode()
    assert CreditPolicy.objects.get().version == 1


def test_analyst_sees_the_policy_and_changes_nothing(credit_analyst):
    page = credit_analyst.get("/credit/policy/")
    response = credit_analyst.post("/credit/policy/", POLICY | rules_of())

    assert (page.status_code, response.status_code) == (200, 403)
    assert b"Put in force" not in page.content
    assert CreditPolicy.objects.get().version == 1


GUARANTEE = {
    "token": "t",
    "kind": "insurance",
    "issuer": "Nordkredit",
    "reference": "P-1",
    "amount": "5,000.00",
    "valid_from": "2026-11-01",
    "valid_until": "2027-10-31",
}


def test_guarantee_is_recorded_with_its_paper(credit_analyst, approved, settings, tmp_path):
    settings.FILES_ROOT = tmp_path
    paper = SimpleUploadedFile('po"licy.pdf', b"%PDF-1.7", content_type="text/html")
    address = reverse("credit:record-guarantee", args=[approved.number])

    response = credit_analyst.post(address, GUARANTEE | {"document": paper})
    guarantee = Guarantee.objects.get()
    sent = credit_analyst.get(reverse("credit:guarantee-paper", args=[guarantee.pk]))
    page = credit_analyst.get(reverse("credit:account", args=[approved.number])).content.decode()

    assert response.status_code == 302
    assert (guarantee.amount, guarantee.issuer) == (Decimal(5000), "Nordkredit")
    assert sent.content == b"%PDF-1.7"
    assert sent["Content-Disposition"] == 'attachment; filename="policy.pdf"'
    assert sent["Content-Type"] == "application/octet-stream"
    assert "Nordkredit" in page


def test_guarantee_that_cannot_be_is_refused(credit_analyst, approved):
    address = reverse("credit:record-guarantee", args=[approved.number])

    response = credit_analyst.post(address, GUARANTEE | {"amount": "-1"})

    assert response.status_code == 422
    assert not Guarantee.objects.exists()


def test_guarantee_is_withdrawn(credit_analyst, approved):
    credit_analyst.post(reverse("credit:record-guarantee", args=[approved.number]), GUARANTEE)
    guarantee = Guarantee.objects.get()
    address = reverse("credit:withdraw-guarantee", args=[approved.number, guarantee.pk])

    credit_analyst.post(address, {"token": "w", "reason": "Cancelled by the insurer"})

    guarantee.refresh_from_db()
    assert guarantee.withdrawal_reason == "Cancelled by the insurer"


def test_guarantee_of_another_customer_is_not_found(credit_analyst, approved):
    credit_analyst.post(reverse("credit:record-guarantee", args=[approved.number]), GUARANTEE)
    other = CustomerFactory.create()
    address = reverse("credit:withdraw-guarantee", args=[other.number, Guarantee.objects.get().pk])

    response = credit_analyst.post(address, {"token": "w", "reason": "x"})

    assert response.status_code == 404
    assert Guarantee.objects.get().withdrawn_at is None


def test_order_maximum_is_set_and_taken_away(credit_analyst, approved):
    address = reverse("credit:set-maximum", args=[approved.number])

    credit_analyst.post(address, {"token": "1", "maximum": "2,500.00", "reason": "Small orders"})
    first = CreditAccount.objects.get().order_maximum
    credit_analyst.post(address, {"token": "2", "maximum": "", "reason": "No more"})

    assert (first, CreditAccount.objects.get().order_maximum) == (Decimal(2500), None)


@pytest.mark.parametrize("maximum", ["0", "-1", "1e13", "many"])
def test_order_maximum_is_above_zero(credit_analyst, approved, maximum):
    address = reverse("credit:set-maximum", args=[approved.number])

    response = credit_analyst.post(address, {"token": "1", "maximum": maximum, "reason": "x"})

    assert response.status_code == 422
    assert CreditAccount.objects.get().order_maximum is None


def test_group_limit_is_set_for_the_parent(manager, approved):
    CustomerFactory.create(parent=approved, currency=approved.currency)
    address = reverse("credit:set-group", args=[approved.number])

    manager.post(address, {"token": "1", "limit": "25,000.00", "reason": "Family"})
    page = manager.get(reverse("credit:account", args=[approved.number])).content.decode()

    assert CreditGroup.objects.get().limit == Decimal(25000)
    assert "2 customers" in page


def test_account_takes_the_same_statements_for_20_guarantees(credit_analyst, approved):
    address = reverse("credit:account", args=[approved.number])
    record = reverse("credit:record-guarantee", args=[approved.number])
    credit_analyst.post(record, GUARANTEE | {"token": "0"})
    with CaptureQueriesContext(connection) as one:
        credit_analyst.get(address)
    for number in range(20):
        credit_analyst.post(record, GUARANTEE | {"token": f"x{number}", "reference": f"R-{number}"})

    with CaptureQueriesContext(connection) as twenty:
        credit_analyst.get(address)

    assert Guarantee.objects.count() == 21
    assert len(one) == len(twenty)
