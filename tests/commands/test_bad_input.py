"""Commands refuse what cannot be: a message on stderr, exit status 2, and nothing changed."""

import pytest
from django.core.management import execute_from_command_line

from customers.models import ApiKey
from o2c.kernel.models import AuditEntry, Company, JobRun
from orders.models import IntakeDocument, Order
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
NOT_TEXT = "C-\udcff"


@pytest.fixture
def run(monkeypatch, capsys):
    """Give a function that runs a command as a shell does: its exit status and its messages."""
    monkeypatch.setattr("django.core.management.base.connections.close_all", lambda: None)

    def run(*arguments):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as end:
            return end.code, capsys.readouterr().err
        return 0, capsys.readouterr().err

    return run


@pytest.fixture
def customer(company):
    return CustomerFactory.create(number="C-17850")


def nothing_changed():
    made = (ApiKey, JobRun, Order, IntakeDocument, AuditEntry)
    return not any(model.objects.exists() for model in made) and Company.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run_daily", "--date"], "expected one argument"),
        (["run_daily", "--date", ""], "'' is not a date; write it as 2026-11-21"),
        (["run_daily", "--date", "21.11.2026"], "'21.11.2026' is not a date"),
        (["run_daily", "--date", "2026-02-30"], "'2026-02-30' is not a date"),
        (["run_daily", "--date", "-1"], "'-1' is not a date"),
        (["run_daily", "--date", "9" * 5000], "is not a date"),
        (["run_daily", "--date", "9999-12-31"], "more than a year from today"),
        (["run_daily", "--date", "0001-01-01"], "more than a year from today"),
        (["run_daily", "tomorrow"], "unrecognized arguments: tomorrow"),
        (["check_books", "all"], "unrecognized arguments: all"),
        (["check_books", "--fix"], "unrecognized arguments: --fix"),
        (["show_flow", "orders"], "unrecognized arguments: orders"),
        (["create_api_key"], "the following arguments are required: customer"),
        (["create_api_key", ""], "argument customer: it is empty"),
        (["create_api_key", "C-99"], "No customer has the number “C-99”."),
        (["create_api_key", "-1"], "No customer has the number “-1”."),
        (["create_api_key", "C" * 5000], "at most 100 are allowed"),
        (["create_api_key", NOT_TEXT], "characters that cannot be shown"),
        (["create_api_key", "C-17850", "--name", ""], "argument --name: it is empty"),
        (["create_api_key", "C-17850", "--name", "x" * 101], "it has 101 characters"),
        (["create_api_key", "C-17850", "--name", "a\nb"], "characters that cannot be shown"),
        (["create_api_key", "C-17850", "--scope", "everything"], "invalid choice: 'everything'"),
        (["simulate"], "the following arguments are required: part"),
        (["simulate", "everything"], "invalid choice: 'everything'"),
        (["simulate", "history", "--days", "0"], "'0' is not a whole number from 1 to 3650"),
        (["simulate", "history", "--days", "-5"], "'-5' is not a whole number"),
        (["simulate", "history", "--days", "9" * 5000], "9' is not a whole number"),
        (["simulate", "history", "--orders", "1.5"], "'1.5' is not a whole number"),
        (["simulate", "history", "--orders", "many"], "'many' is not a whole number"),
        (["intake"], "the following arguments are required: FILE"),
        (["intake", ""], "Is a directory"),
        (["intake", "no such file.csv"], "no such file.csv: No such file or directory"),
        (["intake", "x" * 5000], "File name too long"),
        (["intake", __file__, "--customer", ""], "argument --customer: it is empty"),
        (["intake", __file__, "--customer", "C-99"], "No customer has the number “C-99”."),
        (["intake", __file__, "--customer", NOT_TEXT], "characters that cannot be shown"),
        (["import_tracking", __file__], "the following arguments are required: --carrier"),
        (["import_tracking", __file__, "--carrier", "NONE"], "There is no carrier “NONE”."),
        (["import_tracking", __file__, "--carrier", NOT_TEXT], "characters that cannot be shown"),
        (["intake", __file__, "--dry-run"], "unrecognized arguments: --dry-run"),
    ],
)
def test_refuses_what_cannot_be(customer, run, arguments, told):
    status, complaint = run(*arguments)

    assert status == 2
    assert told in complaint
    assert "Traceback" not in complaint
    assert nothing_changed()


@pytest.mark.parametrize("arguments", [["run_daily"], ["simulate", "history"]])
def test_needs_a_company(run, arguments):
    status, complaint = run(*arguments)

    assert status == 2
    assert "There is no company yet" in complaint
    assert not JobRun.objects.exists()


def test_takes_in_a_file_whose_name_is_no_text(customer, run, tmp_path):
    path = tmp_path / "orders\udcff.csv"
    path.write_text("nothing in it")

    assert run("intake", str(path), "--commit") == (0, "")
    assert IntakeDocument.objects.get().file.name == "orders\N{REPLACEMENT CHARACTER}.csv"
