"""Applications that are completed: what is stated counts, and the guidelines decide again."""

from decimal import Decimal

import pytest

from credit import services
from credit.models import CreditAccount, CreditApplication, GuidelineVerdict, PaymentBehaviour
from credit.services import Statement
from o2c.kernel.errors import InvalidInput
from orders.models import Order
from tests.factories import CreditAccountFactory

RULES = [
    {
        "name": "grown",
        "when": [["years_in_business", "gte", 5], ["trade_references", "gte", 2]],
        "then": "approve",
        "limit": "requested",
        "valid_days": 100,
        "reason": "Grown, with references.",
    },
    {
        "name": "young",
        "when": [["years_in_business", "lt", 1]],
        "then": "decline",
        "reason": "Too young.",
    },
    {"name": "rest", "then": "refer", "reason": "Tell us more."},
]


@pytest.fixture
def open_application(customer, place, put_in_force):
    put_in_force(RULES)
    place(customer, 1000)
    return CreditApplication.objects.get()


@pytest.fixture
def complete(open_application, now, actor):
    def run(**values):
        return services.complete_application(
            open_application.pk, stated=Statement(**values), at=now, actor=actor
        )

    return run


def test_decides_again_when_the_customer_has_told_more(complete):
    application = complete(years_in_business=7, trade_references=2)

    assert (application.state, application.rule) == ("approved", "grown")
    assert (Order.objects.get().state, CreditAccount.objects.get().limit) == ("released", 1190)
    rules = GuidelineVerdict.objects.order_by("pk").values_list("rule", flat=True)
    assert list(rules) == ["rest", "grown"]


def test_wanted_limit_is_what_is_requested(complete):
    complete(requested_limit=Decimal("50000"))
    application = complete(years_in_business=7, trade_references=2)

    assert application.inputs["requested_amount"] == "50000.000"
    assert CreditAccount.objects.get().limit == 50000


def test_wanted_limit_below_the_order_asks_for_the_order(complete):
    application = complete(requested_limit=Decimal(1))

    assert application.inputs["requested_amount"] == "1190.000"


def test_declines_with_the_orders_that_wait(complete, place, customer):
    place(customer, 50)

    application = complete(years_in_business=0)

    states = set(Order.objects.values_list("state", "hold_reason"))
    assert application.state == "declined"
    assert states == {("declined", "Credit declined: Too young.")}
    assert CreditApplication.objects.count() == 1


def test_all_waiting_orders_count(complete, place, customer):
    place(customer, 500)

    assert complete(trade_references=1).inputs["requested_amount"] == "1785.000"


def test_customer_does_not_try_until_it_fits(complete):
    complete(years_in_business=4)

    with pytest.raises(services.NotAsked, match="told us this before"):
        complete(years_in_business=7, trade_references=9)

    application = CreditApplication.objects.get()
    assert (application.years_in_business, application.trade_references) == (4, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, ""),
        ({"years_in_business": -1}, "years_in_business"),
        ({"years_in_business": 1001}, "years_in_business"),
        ({"trade_references": 5000}, "trade_references"),
        ({"requested_limit": Decimal(-1)}, "requested_limit"),
        ({"requested_limit": Decimal("1e14")}, "requested_limit"),
    ],
)
def test_refuses_what_cannot_be(complete, values, field):
    with pytest.raises(InvalidInput) as refusal:
        complete(**values)

    assert refusal.value.field == field
    assert GuidelineVerdict.objects.count() == 1


def test_who_entered_the_order_does_not_correct(open_application, now, actor, analyst):
    with pytest.raises(services.OwnOrder):
        services.correct_application(
            open_application.pk, stated=Statement(years_in_business=9), at=now, actor=actor
        )

    services.correct_application(
        open_application.pk, stated=Statement(years_in_business=0), at=now, actor=analyst
    )
    assert CreditApplication.objects.get().state == "declined"


def test_person_who_asked_for_documents_is_not_overtaken(complete, open_application, now, analyst):
    services.ask_for_documents(open_application.pk, documents="Accounts", at=now, actor=analyst)

    application = complete(years_in_business=7, trade_references=2)

    assert (application.state, application.years_in_business) == ("awaiting_documents", 7)
    assert application.inputs["years_in_business"] == 7
    assert CreditAccount.objects.get().limit == 0


def test_decided_application_takes_nothing_more(complete):
    complete(years_in_business=7, trade_references=2)

    with pytest.raises(services.NotAsked, match="is approved: nothing more is asked for"):
        complete(requested_limit=Decimal(10))


def test_person_corrects_on_the_case(open_application, credit_analyst):
    response = credit_analyst.post(
        f"/credit/cases/{open_application}/facts/",
        {"token": "t", "years_in_business": "7", "trade_references": "3", "requested_limit": ""},
    )

    open_application.refresh_from_db()
    assert (response.status_code, open_application.state) == (302, "approved")


def test_form_of_facts_says_what_is_wrong(open_application, credit_analyst):
    address = f"/credit/cases/{open_application}/facts/"

    response = credit_analyst.post(address, {"token": "t", "years_in_business": "-1"})

    assert (credit_analyst.get(address).status_code, response.status_code) == (200, 422)
    open_application.refresh_from_db()
    assert open_application.state == "referred"


def test_payment_history_reaches_the_guidelines(place, put_in_force, now):
    account = CreditAccountFactory.create()
    account.latest_decision = None
    account.limit, account.score, account.risk_class = 0, 61, "C"
    account.save()
    PaymentBehaviour.objects.create(
        account=account,
        as_of=now.date(),
        oldest_due_on=now.date().replace(day=8),
        average_days_late=Decimal("12.50"),
        share_paid_late=Decimal("0.25"),
        broken_promises=2,
        disputes=1,
    )

    place(account.customer, 10)

    inputs = CreditApplication.objects.get().inputs
    assert {name: inputs[name] for name in KNOWN} == KNOWN


KNOWN = {
    "average_days_late": "12.50",
    "share_paid_late": "0.2500",
    "broken_promises": 2,
    "disputes": 1,
    "oldest_overdue_days": 10,
    "score": 61,
    "risk_class": "C",
    "bureau_score": None,
}
