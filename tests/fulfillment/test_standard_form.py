"""The standard form of a pick list: one content for systems, screens and paper."""

import io
import json
from datetime import date

import pytest
from django.urls import reverse
from jsonschema import Draft202012Validator
from pypdf import PdfReader

from fulfillment import services
from fulfillment.papers import draw_pick_list
from fulfillment.standard_form import SCHEMA, document_of, with_content
from tests.factories import LotFactory, ProductFactory, StockLevelFactory


@pytest.fixture
def validator():
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def pump(db):
    """PX-210, kept by lot; 20 of lot L-7 at hand."""
    pump = ProductFactory.create(sku="PX-210", name="Pump", tracking="lot", expires=True)
    lot = LotFactory.create(product=pump, code="L-7", expires_on=date(2027, 6, 30))
    StockLevelFactory.create(product=pump, lot=lot, on_hand=20)
    return pump


@pytest.fixture
def released(place, release, product, stock, pump):
    [pick_list] = release(place({product: 5, pump: 2}))
    return pick_list


def form_of(pick_list):
    return document_of(with_content().get(pk=pick_list.pk))


def test_form_says_what_to_take_from_where_and_of_which_lot(released, validator):
    form = form_of(released)

    validator.validate(json.loads(json.dumps(form)))
    assert (form["form"], form["number"], form["state"]) == (
        "pick-list/1",
        released.number,
        "released",
    )
    pump = next(line for line in form["lines"] if line["sku"] == "PX-210")
    assert pump | {"position": 0, "description": ""} == {
        "position": 0,
        "zone": "",
        "location": "A-01-01",
        "sku": "PX-210",
        "gtin": "",
        "description": "",
        "unit": "C62",
        "lot": "L-7",
        "is_serial": False,
        "expires_on": "2027-06-30",
        "quantity": "2",
        "scanned": "0",
        "picked": None,
        "short_reason": "",
    }


def test_form_is_valid_in_every_state_of_a_list(released, pick, packed, validator):
    pick(released, found={"VLV-BF-080": 3})

    for pick_list in (released, packed):
        validator.validate(json.loads(json.dumps(form_of(pick_list))))
    assert {line["short_reason"] for line in form_of(released)["lines"]} == {"missing", ""}
    assert [box["weight_kg"] for box in form_of(packed)["packages"]] == ["7.5"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda form: form.pop("number"),
        lambda form: form.update(more=1),
        lambda form: form["lines"][0].update(quantity=5),
        lambda form: form["lines"][0].update(short_reason="lost"),
        lambda form: form.update(form="pick-list/2"),
    ],
)
def test_schema_refuses_what_is_not_the_form(released, validator, spoil):
    form = json.loads(json.dumps(form_of(released)))

    spoil(form)

    assert not validator.is_valid(form)


def test_paper_carries_every_line_and_its_lot(released):
    drawn = PdfReader(io.BytesIO(draw_pick_list(with_content().get(pk=released.pk))))

    text = " ".join(page.extract_text() for page in drawn.pages)
    for said in (released.number, "A-01-01", "VLV-BF-080", "PX-210", "Lot L-7", "2027-06-30"):
        assert said in text


def test_paper_leaves_out_a_barcode_that_cannot_be(picker, place, release, now, actor):
    lot = LotFactory.create(product=ProductFactory.create(tracking="lot"), code="Größe 7")
    plain = ProductFactory.create(sku="ACT-ÅÄÖ", gtin="")
    StockLevelFactory.create(product=lot.product, lot=lot)
    StockLevelFactory.create(product=plain)
    lists = [release(place({item: 1}))[0] for item in (lot.product, plain)]
    batch = services.make_batch([row.pk for row in lists], at=now, actor=actor)

    papers = [reverse("fulfillment:paper", args=[row.number]) for row in lists]
    papers.append(reverse("fulfillment:batch-paper", args=[batch.number]))
    drawn = [PdfReader(io.BytesIO(picker.get(paper).content)) for paper in papers]

    texts = [" ".join(page.extract_text() for page in document.pages) for document in drawn]
    assert ["Größe 7" in text for text in texts] == [True, False, True]
    assert ["ACT-ÅÄÖ" in text for text in texts] == [False, True, True]
    assert [text.count("No barcode: type it in.") for text in texts] == [1, 1, 2]


def test_screen_offers_paper_and_form(picker, released):
    paper = picker.get(reverse("fulfillment:paper", args=[released.number]))
    form = picker.get(reverse("fulfillment:form", args=[released.number]))

    assert (paper.status_code, paper.headers["Content-Type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    assert form.json() == json.loads(json.dumps(form_of(released)))


def test_anybody_may_read_the_schema(client):
    answer = client.get("/api/v1/schemas/pick-list.json")

    assert (answer.status_code, answer.json()) == (200, SCHEMA)
    assert answer.headers["Content-Type"] == "application/schema+json"
