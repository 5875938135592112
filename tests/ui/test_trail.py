"""The audit trail in words …"""

import re

import pytest
from django.apps import apps

from o2c.kernel.audited import Audited
from o2c.kernel.models import AuditEntry
from o2c.kernel.sheets.writing import safe_cell
from o2c.kernel.ui.trail import SUBJECTS, name_of, subject_of, trail, value_of


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        ("order", "state", "on_hold", "Credit hold"),
        ("order", "state", "unheard_of", "Unheard of"),
        ("order", "gross_amount", "1234.500", "1,234.50"),
        ("orderline", "backordered", "6.000", "6"),
        ("order", "hold_reason", "", "—"),
        ("order", "customer_id", None, "—"),
        ("customer", "is_active", True, "yes"),
        ("customer", "name", "Harbor", "Harbor"),
        ("order", "released_at", "not a time", "not a time"),
        ("invoice", "findings", [], "—"),
        ("invoice", "findings", [{"rule": "freight", "message": "Enter it."}], "Enter it."),
        ("shipment", "sscc", ["1", "2"], "1 2"),
    ],
)
def test_writes_values_as_people_read_them(kind, name, value, words):
    assert value_of(kind, name, value) == words


def test_writes_dates_as_dates(now):
    assert "18 Nov" in value_of("openitem", "due_on", "2026-11-18")
    assert "18 Nov" in value_of("order", "released_at", str(now))


def test_names_every_document_in_words():
    kinds = {
        model.__name__: model._meta.model_name
        for model in apps.get_models()
        if issubclass(model, Audited)
    }

    named = {name: subject_of(kind) for name, kind in kinds.items() if kind not in SUBJECTS}

    assert named["ProofOfDelivery"] == "Proof of delivery"
    assert {name: len(re.findall("[A-Z][a-z]+", name)) for name in named} == {
        name: len(words.split()) for name, words in named.items()
    }


def test_names_jobs_in_words_and_people_as_they_are():
    assert name_of("invoicing.bill_on_dispatch") == "System: bill on dispatch"
    assert name_of("Maya Brandt") == "Maya Brandt"


def test_writes_an_act_once_and_its_reason_once(now):
    entry = AuditEntry(
        at=now,
        actor_kind="user",
        actor_name="Tomás Rey",
        subject="order:1",
        action="to on_hold",
        reason="Cheque bounced",
        changes={
            "state": ["submitted", "on_hold"],
            "hold_reason": ["", "Cheque bounced"],
            "revision": [0, 1],
            "note": ["", "Call first"],
        },
        objects_touched=["order:1"],
    )

    rows = list(trail([entry]))

    assert [(row.what, row.before, row.after, row.reason, row.is_first) for row in rows] == [
        ("Order, state", "Entered", "Credit hold", "Cheque bounced", True),
        ("Order, note", "—", "Call first", "", False),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-5", "@a", "\tx", "\rx"])
def test_marks_what_a_spreadsheet_would_run(text):
    assert safe_cell(text) == f"'{text}"


def test_leaves_numbers_and_other_texts_alone():
    assert [safe_cell(value) for value in (-5, "a=b", None)] == ["-5", "a=b", ""]


@pytest.mark.parametrize(("behind", "told"), [("Maya Brandt", "Maya Brandt"), ("automatic", "")])
def test_names_whom_a_job_stands_for_unless_that_is_another_job(behind, told, now):
    actor = {"actor_kind": "job", "actor_name": "automatic", "on_behalf_of": behind}
    entry = AuditEntry(at=now, subject="order:1", action="create", objects_touched=[], **actor)

    assert [row.on_behalf_of for row in trail([entry])] == [told]
