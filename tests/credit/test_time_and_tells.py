"""The clock of a case, who is warned in time, and who hears what was decided."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from credit import services
from credit.models import CaseComment, CreditApplication
from o2c.kernel import outbox, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.lost_updates import ChangedMeanwhile, mark_of
from o2c.kernel.models import Notice
from o2c.kernel.working_days import add_working_time, working_time_between
from orders.models import Order

BERLIN = ZoneInfo("Europe/Berlin")
JOB = Actor(kind="job", id="credit.warn_of_late_cases", name="automatic")


def at(day, hour, minute=0):
    """An instant of November 2026 in UTC; Berlin is an hour ahead. The 18th is a Wednesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def told(mailoutbox):
    def deliver():
        while outbox.deliver_due(limit=100):
            pass
        return [(mail.to[0], mail.subject) for mail in mailoutbox]

    return deliver


@pytest.fixture
def receive(application):
    def run(*, asked_at, received_at, analyst):
        services.ask_for_documents(
            application.pk, documents="Accounts of 2025", at=asked_at, actor=analyst
        )
        return services.receive_documents(application.pk, at=received_at, actor=analyst)

    return run


@pytest.mark.parametrize(
    ("begin", "hours", "end"),
    [
        (at(18, 9), 4, at(18, 13)),
        (at(18, 15), 4, at(19, 9)),
        (at(18, 2), 4, at(18, 11)),
        (at(20, 16, 30), 4, at(23, 10, 30)),
        (at(21, 12), 1, at(23, 8)),
        (at(18, 9), 24, at(20, 13)),
        (at(18, 13), 4, at(18, 17)),
    ],
)
def test_time_passes_in_working_hours_only(begin, hours, end):
    found = add_working_time(begin, timedelta(hours=hours), country="DE", zone=BERLIN)

    assert found == end
    assert working_time_between(begin, end, country="DE", zone=BERLIN) == timedelta(hours=hours)


def test_application_is_to_be_answered_within_the_policys_hours(application, now):
    assert application.answer_by == now + timedelta(hours=4)


def test_clock_stands_still_while_documents_are_asked(application, receive, analyst):
    asked = services.ask_for_documents(
        application.pk, documents="Accounts of 2025", at=at(18, 10), actor=analyst
    )
    before = (asked.documents_asked, asked.documents_asked_at, asked.reason)

    received = services.receive_documents(application.pk, at=at(20, 9), actor=analyst)

    assert before == ("Accounts of 2025", at(18, 10), application.reason)
    assert (received.state, received.documents_asked) == ("referred", "")
    assert received.answer_by == at(20, 12)


def test_what_was_late_is_as_late_when_the_documents_come(application, receive, analyst):
    received = receive(asked_at=at(18, 14), received_at=at(20, 9), analyst=analyst)

    assert received.answer_by == at(20, 8)


@pytest.mark.parametrize("documents", ["", "  ", "x" * 501])
def test_asks_for_something(application, now, analyst, documents):
    with pytest.raises(InvalidInput) as refusal:
        services.ask_for_documents(application.pk, documents=documents, at=now, actor=analyst)

    application.refresh_from_db()
    assert (refusal.value.field, application.state) == ("documents", "referred")


def test_each_case_is_warned_of_once(application, held, person, told):
    manager = person(roles.CREDIT_MANAGER)
    told()

    early = services.warn_of_late_cases(at=at(18, 11, 59), actor=JOB)
    first = services.warn_of_late_cases(at=at(18, 12), actor=JOB)
    second = services.warn_of_late_cases(at=at(18, 14), actor=JOB)

    subjects = [subject for to, subject in told() if "is to be answered by" in subject]
    assert (early, first, second) == (0, 2, 0)
    assert sorted(subjects) == [
        f"{application} is to be answered by Wed 18 Nov 13:00",
        f"{held} is to be answered by Wed 18 Nov 13:00",
    ]
    notices = Notice.objects.filter(user=manager, key__endswith="nearly-late")
    assert sorted(notices.values_list("link", flat=True)) == [
        f"/credit/?case={application}",
        f"/credit/?case={held}",
    ]


def test_nobody_is_warned_of_what_waits_for_documents(application, person, now, analyst):
    person(roles.CREDIT_ANALYST)
    services.ask_for_documents(application.pk, documents="Accounts", at=now, actor=analyst)

    assert services.warn_of_late_cases(at=at(18, 14), actor=JOB) == 0


def test_without_anybody_to_warn_nothing_is_published(application):
    assert services.warn_of_late_cases(at=at(18, 14), actor=JOB) == 0


def test_credit_control_hears_of_a_held_order(person, approved, place, told):
    analyst = person(roles.CREDIT_ANALYST)
    order = place(approved, 10000)

    mails = told()

    notice = Notice.objects.get(user=analyst)
    assert (analyst.email, " ".join(notice.text.split())) in mails
    assert notice.text.startswith(f"{order} of {approved}, 11,900.00")
    assert notice.link == f"/credit/?case={order}"


def test_rep_and_customer_hear_of_the_decision(person, customer, place, told, now, analyst):
    rep = person(roles.SALES_REP)
    customer.sales_rep = rep
    customer.save()
    place(customer, 10000)
    application = CreditApplication.objects.get()

    services.decide_application(
        application.pk,
        outcome="approved",
        limit=Decimal(20000),
        valid_until=at(18, 0).date() + timedelta(days=90),
        reason="Good",
        at=now,
        actor=analyst,
    )

    subjects = told()
    assert (customer.email, "Your credit with us") in subjects
    assert (rep.email, f"{application}: credit of {customer} was decided") in subjects
    assert Notice.objects.get(user=rep).text == f"Credit of {customer}: approved"


def test_rep_hears_of_a_released_order(person, held, told, now, analyst):
    rep = person(roles.SALES_REP)
    Order.objects.filter(pk=held.pk).update(owner=rep)

    services.release_order(
        held.pk,
        amount=Decimal(11900),
        expires_on=now.date(),
        reason="Known",
        at=now,
        actor=analyst,
    )

    assert (rep.email, f"{held}: credit control has decided") in told()
    assert f"lets {held} of" in Notice.objects.get(user=rep).text


def test_stale_case_is_not_decided(application, now, analyst):
    seen = mark_of(application)
    services.ask_for_documents(application.pk, documents="Accounts", at=now, actor=analyst)

    with pytest.raises(ChangedMeanwhile, match="Tomás Rey has changed it"):
        services.decide_application(
            application.pk, outcome="declined", reason="No", seen=seen, at=now, actor=analyst
        )

    application.refresh_from_db()
    assert application.state == "awaiting_documents"


def test_comment_is_kept_with_its_author(application, now, analyst):
    services.comment_on(application, text=" Called them. ", at=now, actor=analyst)

    comment = CaseComment.objects.get()
    assert (comment.text, comment.written_by) == ("Called them.", "Tomás Rey")
    assert (comment.application, comment.order) == (application, None)


@pytest.mark.parametrize("text", ["", " ", "x" * 2001])
def test_comment_says_something(application, now, analyst, text):
    with pytest.raises(InvalidInput):
        services.comment_on(application, text=text, at=now, actor=analyst)

    assert not CaseComment.objects.exists()
