"""The credit bureau: asked after the order is placed, believed only after a look, never in time."""

import json
from datetime import timedelta
from functools import partial
from threading import Event

import pytest

from credit import bureau, services
from credit.bureau import BureauProblem, FileBureau, Subject
from credit.events import BureauAsked
from credit.handlers import ask_bureau
from credit.models import BureauReport, CreditAccount, CreditApplication, CreditPolicy
from o2c.kernel import clock
from o2c.kernel.models import OutboxMessage
from orders.models import Order
from tests.race import run_together

GOOD = {"customer": "C-1", "score": 700, "years_in_business": 12, "as_of": "2026-11-01"}
SUBJECT = Subject(customer_id=1, number="C-1", name="Harbor", tax_number="")
RULES = [
    {
        "name": "sound",
        "when": [["bureau_score", "gte", 600], ["years_in_business", "gte", 3]],
        "then": "approve",
        "limit": "requested*2",
        "valid_days": 365,
        "reason": "The bureau vouches.",
    },
    {
        "name": "unsound",
        "when": [["bureau_score", "lt", 100]],
        "then": "decline",
        "reason": "The bureau warns.",
    },
    {"name": "rest", "then": "refer", "reason": "Nobody knows them."},
]


class Sleeper:
    name = "sleeper"
    alarm, has_woken = Event(), Event()

    def answer_about(self, subject):
        self.alarm.wait(timeout=10)
        self.has_woken.set()
        return {**GOOD, "customer": subject.number}


class Broken:
    name = "broken"

    def answer_about(self, subject):
        raise ZeroDivisionError


@pytest.fixture(autouse=True)
def nine_o_clock(now):
    with clock.travel(now):
        yield


@pytest.fixture
def reports(tmp_path, settings):
    """Connect the file bureau; give a function that writes its file."""
    settings.CREDIT_BUREAU = "credit.bureau.FileBureau"
    settings.CREDIT_BUREAU_FILE = str(tmp_path / "reports")

    def write(content):
        text = content if isinstance(content, str | bytes) else json.dumps(content)
        data = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "reports").write_bytes(data)

    return write


@pytest.fixture
def asked(customer, place, put_in_force):
    """An application that waits for the bureau."""
    put_in_force(RULES)
    CreditPolicy.objects.update(asks_bureau=True)
    place(customer, 1000)
    return CreditApplication.objects.get()


def deliver(application):
    ask_bureau(event_of(application))
    application.refresh_from_db()


def event_of(application):
    message = OutboxMessage.objects.filter(event="credit.events.BureauAsked").latest("pk")
    assert message.payload["application_id"] == application.pk
    return BureauAsked.from_payload(message.payload)


def ask(today, **changes):
    return bureau.ask(SUBJECT, today=today)


def test_no_bureau_is_asked_unless_the_policy_wants_it(customer, place, reports):
    place(customer, 1000)

    assert not OutboxMessage.objects.filter(event="credit.events.BureauAsked").exists()


def test_application_waits_for_the_report_and_nobody_is_asked_in_the_step(asked, reports):
    assert (asked.state, asked.reason) == (
        "referred",
        "Waiting for the report of the credit bureau.",
    )
    assert Order.objects.get().state == "in_review"
    assert not BureauReport.objects.exists()


def test_report_decides_and_the_order_goes_on(asked, reports):
    reports([{**GOOD, "customer": asked.customer.number}])

    deliver(asked)

    report = BureauReport.objects.get()
    assert (report.score, report.years_in_business, report.problem) == (700, 12, "")
    assert (asked.state, asked.rule, asked.inputs["bureau_score"]) == ("approved", "sound", 700)
    assert Order.objects.get().state == "released"
    assert CreditAccount.objects.get().limit == 2380


def test_bad_report_declines_with_the_order(asked, reports):
    reports([{**GOOD, "customer": asked.customer.number, "score": 99}])

    deliver(asked)

    order = Order.objects.get()
    assert (asked.state, order.state) == ("declined", "declined")
    assert order.hold_reason == "Credit declined: The bureau warns."


def test_report_of_the_last_days_is_not_asked_for_again(asked, reports, place, now):
    reports([{**GOOD, "customer": asked.customer.number, "score": 99}])
    deliver(asked)

    place(asked.customer, 500, at=now + timedelta(days=30))

    second = CreditApplication.objects.latest("pk")
    assert (second.state, second.rule) == ("declined", "unsound")
    assert BureauReport.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "knows nothing about"),
        ("not json", "no columns “customer” and “score”"),
        ("[1, 2", "is no JSON"),
        ("[1, 2]", "is no list of reports"),
        ("[" * 100_000, "is no JSON"),
        (b"\x00\x01", "This is no text file"),
        ([{"customer": "{n}", "score": -5}], "“-5”, is no number from 0 to 1000"),
        ([{"customer": "{n}", "score": 1001}], "“1001”, is no number from 0 to 1000"),
        ([{"customer": "{n}", "score": True}], "“True”, is no number"),
        ([{"customer": "{n}", "score": 7.5}], "“7.5”, is no number"),
        ([{"customer": "{n}"}], "“None”, is no number"),
        ([{"customer": "{n}", "score": 700, "years_in_business": "many"}], "“many”, are no number"),
        ([{"customer": "{n}", "score": 700, "as_of": "2026-11-19"}], "is no day up to today"),
        ([{"customer": "{n}", "score": 700, "as_of": "soon"}], "is no day up to today"),
        (
            [{"customer": "{n}", "score": 700, "as_of": "2025-01-01"}],
            "of 1 Jan 2025: too old to count",
        ),
        ([{"customer": "{n}", "score": 700, "x": "\0"}], "contains what no text contains"),
        ([{"customer": "{n}", "score": 700, "x": "y" * 70_000}], "too large"),
        ([{"customer": "{n}", "score": 700}] * 2, "has 2 reports about"),
    ],
)
def test_nonsense_leaves_the_case_to_people(asked, reports, content, problem):
    text = content if isinstance(content, bytes | str) else json.dumps(content)
    if isinstance(text, str):
        text = text.replace("{n}", asked.customer.number)
    reports(text)

    deliver(asked)

    report = BureauReport.objects.get()
    assert problem in report.problem
    assert report.score is None
    assert (asked.state, Order.objects.get().state) == ("referred", "in_review")
    assert asked.reason == f"The credit bureau's report is missing: {report.problem}"


def test_answer_about_somebody_else_is_not_believed(now, settings, monkeypatch):
    settings.CREDIT_BUREAU = "credit.bureau.FileBureau"
    monkeypatch.setattr(
        FileBureau, "answer_about", lambda self, subject: {**GOOD, "customer": "C-2"}
    )

    assert ask(now.date()).problem == "The report is about C-2, not about C-1."


def test_file_as_csv_is_read_too(now, reports):
    reports("customer;score;years_in_business;as_of\nC-0;1;1;\nC-1;700;12;2026-11-01\n")

    answer = ask(now.date())

    assert (answer.score, answer.years_in_business, answer.problem) == (700, 12, "")


def test_huge_file_is_not_read(now, reports, settings, monkeypatch):
    reports([GOOD])
    monkeypatch.setattr("credit.bureau.files.LARGEST_FILE", 10)

    assert ask(now.date()).problem == "The bureau's file is larger than 20 MB."


@pytest.mark.parametrize(("path", "problem"), [("", "is no file"), ("none", "cannot be read")])
def test_missing_file_is_a_problem(now, reports, settings, tmp_path, path, problem):
    settings.CREDIT_BUREAU_FILE = str(tmp_path / path)

    assert problem in ask(now.date()).problem


def test_bureau_that_takes_too_long_is_not_waited_for(now, settings):
    settings.CREDIT_BUREAU = "tests.credit.test_bureau.Sleeper"
    settings.CREDIT_BUREAU_TIMEOUT = 0.05

    answer = ask(now.date())

    assert not Sleeper.has_woken.is_set()
    Sleeper.alarm.set()
    assert answer.problem == "The bureau gave no answer in 0.05 s."
    assert Sleeper.has_woken.wait(timeout=10)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "No credit bureau is connected."),
        ("no.such.thing", "The credit bureau is not set up properly."),
        ("tests.credit.test_bureau.Broken", "The bureau's connection failed."),
    ],
)
def test_bureau_that_fails_is_told_in_words(now, settings, name, problem):
    settings.CREDIT_BUREAU = name

    assert ask(now.date()).problem == problem


def test_event_that_is_delivered_twice_asks_once(asked, reports):
    reports([{"customer": asked.customer.number, "score": -5}])

    deliver(asked)
    deliver(asked)

    assert BureauReport.objects.count() == 1


def test_crash_between_asking_and_storing_asks_again(asked, reports, monkeypatch):
    reports([{**GOOD, "customer": asked.customer.number}])
    with monkeypatch.context() as patch:
        patch.setattr(services, "record_bureau_answer", crash)
        with pytest.raises(RuntimeError):
            deliver(asked)
    assert not BureauReport.objects.exists()

    deliver(asked)

    assert (asked.state, BureauReport.objects.count()) == ("approved", 1)


def crash(*arguments, **settings):
    raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_same_answer_at_the_same_moment_is_kept_once(asked, reports):
    reports([{**GOOD, "customer": asked.customer.number}])
    event = event_of(asked)

    assert run_together(*[partial(ask_bureau, event)] * 3) == [None] * 3

    assert BureauReport.objects.count() == 1
    assert CreditApplication.objects.get().state == "approved"


def test_answer_after_the_decision_is_kept_and_changes_nothing(asked, reports, now, analyst):
    reports([{**GOOD, "customer": asked.customer.number}])
    event = event_of(asked)
    answer = bureau.Answer(provider="file", score=700)
    services.decide_application(
        asked.pk, outcome="declined", reason="Known to fail", at=now, actor=analyst
    )

    services.record_bureau_answer(
        asked.pk, answer=answer, since=event.at, person_id=None, at=now, actor=analyst
    )

    asked.refresh_from_db()
    assert (asked.state, BureauReport.objects.get().score) == ("declined", 700)


def test_person_asks_again_after_a_failure(asked, reports, browser_of, now):
    deliver(asked)
    assert asked.reason.startswith("The credit bureau's report is missing:")
    reports([{**GOOD, "customer": asked.customer.number}])
    with clock.travel(now + timedelta(minutes=1)):
        response = browser_of("credit_analyst").post(f"/credit/cases/{asked}/bureau/")
        deliver(asked)

    assert response.status_code == 302
    assert (asked.state, BureauReport.objects.count()) == ("approved", 2)
    assert BureauReport.objects.latest("pk").asked_by is not None


def test_closed_case_is_not_asked_about(asked, reports, now, analyst):
    services.decide_application(
        asked.pk, outcome="declined", reason="Known to fail", at=now, actor=analyst
    )

    with pytest.raises(services.NotAsked, match="is declined: nothing more is asked for"):
        services.ask_bureau_again(asked.pk, person_id=None, at=now, actor=analyst)


def test_problem_of_a_bureau_is_a_sentence_for_people():
    assert str(BureauProblem("Closed on Sundays.")) == "Closed on Sundays."
