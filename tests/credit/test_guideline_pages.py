"""Guidelines in the browser's forms, without any JavaScript."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit import guidelines, services
from credit.models import GuidelineTable
from o2c.kernel import roles
from tests.credit.test_guideline_life import BIG, REST, SMALL, STRICT
from tests.factories import CustomerFactory


@pytest.fixture
def draft(company, now, analyst):
    def make(*rules):
        return services.create_draft(rules=list(rules), note="", at=now, actor=analyst)

    return make


def posted(*rules, seen="", do="save", **more):
    """Return what the editor's form sends for these rules."""
    data = {"rule": [str(n) for n in range(len(rules))], "do": do, "seen": seen, **more}
    for n, rule in enumerate(rules):
        data |= {f"r-{n}-name": rule["name"], f"r-{n}-then": rule["then"]}
        data |= {f"r-{n}-reason": rule["reason"], f"r-{n}-limit": rule.get("limit", "")}
        data |= {f"r-{n}-limit_kind": "fixed", f"r-{n}-valid_days": rule.get("valid_days", "")}
        data[f"r-{n}-c"] = [str(k) for k in range(len(rule["when"]))]
        for k, (fact, operator, value) in enumerate(rule["when"]):
            text = " ".join(value) if isinstance(value, list) else value
            data |= {f"r-{n}-{k}-fact": fact, f"r-{n}-{k}-operator": operator}
            data[f"r-{n}-{k}-value"] = text
    return data


def send(browser, table, *rules, **more):
    seen = more.pop("seen", guidelines.fingerprint(table.rules))
    return browser.post(
        f"/credit/guidelines/{table.version}/edit/", posted(*rules, seen=seen, **more)
    )


def rules_of(table):
    return GuidelineTable.objects.get(pk=table.pk).rules


def test_what_the_form_shows_is_what_is_kept(credit_analyst, draft):
    table = draft(SMALL, STRICT, REST)

    response = send(credit_analyst, table, SMALL, STRICT, REST, note="Spring")

    kept = GuidelineTable.objects.get(pk=table.pk)
    assert (response.status_code, kept.note) == (302, "Spring")
    assert kept.rules == [SMALL, STRICT, REST]


def test_typed_numbers_and_codes_are_taken_as_people_write_them(credit_analyst, draft):
    table = draft(REST)
    typed = {
        **SMALL,
        "when": [["requested_amount", "lte", "2,000"], ["country", "in", "de, fr"]],
        "limit": "3,000",
    }

    send(credit_analyst, table, typed, REST)

    rule = rules_of(table)[0]
    assert rule["limit"] == "3000"
    assert rule["when"] == [
        ["requested_amount", "lte", "2000"],
        ["country", "in", ["DE", "FR"]],
    ]


@pytest.mark.parametrize(
    ("do", "names"),
    [
        ("up-1", ["strict", "small", "rest"]),
        ("down-1", ["small", "rest", "strict"]),
        ("up-0", ["small", "strict", "rest"]),
        ("copy-0", ["small", "small_copy", "strict", "rest"]),
        ("remove-0", ["strict", "rest"]),
        ("add", ["small", "strict", "rest", ""]),
    ],
)
def test_buttons_change_the_rows_without_saving(credit_analyst, draft, do, names):
    table = draft(SMALL, STRICT, REST)

    response = send(credit_analyst, table, SMALL, STRICT, REST, do=do)

    editor = response.context["editor"]
    assert [rule.values["name"] for rule in editor.rules] == names
    assert len({rule.key for rule in editor.rules}) == len(names)
    assert rules_of(table) == [SMALL, STRICT, REST]


def test_conditions_are_added_and_removed(credit_analyst, draft):
    table = draft(SMALL, REST)

    more = send(credit_analyst, table, SMALL, REST, do="condition-0")
    less = send(credit_analyst, table, SMALL, REST, do="drop-0-0")

    assert [len(rule.conditions) for rule in more.context["editor"].rules] == [2, 0]
    assert [len(rule.conditions) for rule in less.context["editor"].rules] == [0, 0]


def test_problems_are_shown_at_their_fields_and_nothing_is_saved(credit_analyst, draft):
    table = draft(SMALL, REST)
    wrong = {**SMALL, "limit": "much", "when": [["score", "lt", "ten"]]}

    response = send(credit_analyst, table, wrong, REST)

    rule = response.context["editor"].rules[0]
    assert response.status_code == 422
    assert rule.problems["limit"].startswith("“limit” must be an amount")
    assert rule.conditions[0].problem == "score cannot be compared with that value"
    assert rules_of(table) == [SMALL, REST]


def test_stale_form_is_refused_and_keeps_what_was_typed(credit_analyst, draft):
    table = draft(SMALL, REST)

    response = send(credit_analyst, table, STRICT, REST, seen="of long ago")

    assert response.status_code == 409
    assert "was changed meanwhile" in response.content.decode()
    assert response.context["editor"].rules[0].values["name"] == "strict"
    assert rules_of(table) == [SMALL, REST]


def test_check_answers_with_the_proof_and_saves_nothing(credit_analyst, draft):
    table = draft(REST)
    address = f"/credit/guidelines/{table.version}/check/"

    whole = credit_analyst.post(address, posted(SMALL, BIG, REST)).content.decode()
    gap = credit_analyst.post(address, posted(SMALL)).content.decode()
    wrong = credit_analyst.post(address, posted({**SMALL, "reason": ""})).content.decode()

    assert "<b>small</b> / big" in whole
    assert "Requested amount from 2,000.001" in gap
    assert 'id="e-0-reason" hx-swap-oob="true">it gives no reason' in wrong
    assert rules_of(table) == [REST]


def test_draft_goes_from_copy_to_force_by_two_people(credit_analyst, browser_of, company):
    credit_analyst.post("/credit/guidelines/1/draft/")
    table = GuidelineTable.objects.get(version=2)
    send(credit_analyst, table, SMALL, BIG, REST, do="test")
    manager = browser_of(roles.CREDIT_MANAGER)
    address = "/credit/guidelines/2/activate/"

    first = manager.post(address)
    second = manager.post(address, {"accept": ["small / big"]})

    assert (first.status_code, second.status_code) == (409, 302)
    assert "Accept these overlaps" in first.content.decode()
    assert GuidelineTable.objects.get(status="active").version == 2


def test_analyst_does_not_put_in_force(credit_analyst, draft):
    table = draft(REST)

    response = credit_analyst.post(f"/credit/guidelines/{table.version}/activate/")

    assert response.status_code == 403
    assert GuidelineTable.objects.get(status="active").version == 1


def test_auditor_reads_and_changes_nothing(auditor, draft):
    table = draft(SMALL, REST)

    page = auditor.get(f"/credit/guidelines/{table.version}/").content.decode()

    assert "Requested amount ≤ 2000" in page
    assert "guideline-form" not in page
    assert send(auditor, table, REST).status_code == 403
    assert rules_of(table) == [SMALL, REST]


def test_what_was_in_force_is_shown_to_read(credit_analyst, draft):
    page = credit_analyst.get("/credit/guidelines/1/").content.decode()

    assert "guideline-form" not in page
    assert "2 × what is requested" in page


def test_draft_is_put_away(credit_analyst, draft):
    table = draft(REST)

    credit_analyst.post(f"/credit/guidelines/{table.version}/discard/")

    assert GuidelineTable.objects.get(pk=table.pk).status == "retired"


def test_versions_are_compared(credit_analyst, draft):
    table = draft(SMALL, REST)

    response = credit_analyst.get(f"/credit/guidelines/{table.version}/diff/", {"with": "1"})

    kinds = {one.name: one.kind for one, _old, _new in response.context["differences"]}
    assert (kinds["small"], kinds["rest"], kinds["large"]) == ("changed", "added", "removed")


@pytest.mark.parametrize("how", ["json", "csv"])
def test_exported_table_is_imported_to_the_same_rules(credit_analyst, draft, how):
    dashed = {**SMALL, "name": "-dashed", "reason": "=1+1", "when": []}
    table = draft(SMALL, STRICT, dashed, REST)
    content = credit_analyst.get(f"/credit/guidelines/{table.version}/export/", {"as": how}).content

    response = credit_analyst.post(
        "/credit/guidelines/import/",
        {"token": "t", "note": "Back", "file": SimpleUploadedFile(f"table.{how}", content)},
    )

    made = GuidelineTable.objects.latest("version")
    assert (response.status_code, made.note, made.status) == (302, "Back", "draft")
    assert made.rules == table.rules


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "The submitted file is empty."),
        ("[1, 2", "The file is no JSON: look at line 1, column 6."),
        ("[" * 100_000, "The file is nested too deeply."),
        ('{"version": 2}', "must be a list with at least one rule"),
        ("a,b\n1,2\n", "No row names the columns that are needed"),
        ("rule,then,reason\nsmall,perhaps,Why\n", "Rule small: “then” must be one of"),
        ("rule,when,then,reason\nsmall,moon is 3,refer,Why\n", "there is no fact named moon"),
        ("rule,when,then,reason\nsmall,exposure,refer,Why\n", "exposure needs an operator"),
        (json.dumps([REST, REST]), "Two rules are named rest."),
        ("[" + " " * 1024 * 1024 + "]", "larger than 1 MB"),
    ],
)
def test_file_that_means_nothing_is_refused_with_the_place(credit_analyst, db, content, message):
    response = credit_analyst.post(
        "/credit/guidelines/import/",
        {"token": "t", "file": SimpleUploadedFile("table", content.encode())},
    )

    assert response.status_code == 422
    assert message in response.content.decode()
    assert GuidelineTable.objects.count() == 1


def test_flips_are_sent_as_a_file(credit_analyst, draft, place):
    place(CustomerFactory.create(name="Harbor"), 1000)
    table = draft(SMALL, REST)

    lines = credit_analyst.get(f"/credit/guidelines/{table.version}/flips/").content.decode()

    assert lines.splitlines()[1].endswith(
        ",Harbor,EUR,small,approve,5000.000,small,approve,3000.00"
    )


@pytest.mark.parametrize("rows", [1, 20])
def test_pages_ask_the_same_few_questions(credit_analyst, draft, rows):
    rules = [{**SMALL, "name": f"r{n}"} for n in range(rows)]
    for _version in range(rows):
        table = draft(*rules, REST)
    address = f"/credit/guidelines/{table.version}/"
    credit_analyst.get(address)

    with CaptureQueriesContext(connection) as one:
        credit_analyst.get(address)
    with CaptureQueriesContext(connection) as listed:
        credit_analyst.get("/credit/guidelines/")

    assert (len(one), len(listed)) == (PAGE, LIST)


PAGE, LIST = 8, 7
