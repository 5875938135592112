from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from o2c.kernel import roles
from o2c.kernel.models import AuditEntry, Company
from orders.intake.watching import note_open
from orders.models import EntryDraft, IntakeDocument, Order
from tests.factories import ProductFactory, UserFactory

DOUBTFUL = "Customer,PO,SKU,Qty,Price\nC-17850,4712,KV-O80,6,50.00\nC-17850,4712,71053,2,\n"


@pytest.fixture
def waiting(books, intake):
    """A document in review: its first SKU is not ours."""
    ProductFactory.create(sku="KV-080")
    intake(DOUBTFUL, "--commit")
    return IntakeDocument.objects.get()


def correction(**changes):
    return {
        "customer": "C-17850",
        "po_number": "4712",
        "requested_on": "2099-12-01",
        "note": "",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "2",
        "lines-0-sku": "KV-080",
        "lines-0-quantity": "6",
        "lines-0-unit_price": "50.00",
        "lines-1-sku": "71053",
        "lines-1-quantity": "2",
        "lines-1-unit_price": "",
    } | changes


def address(name, document):
    return reverse(f"orders:{name}", args=[document.pk])


def test_shows_document_and_order_side_by_side_with_the_doubtful_field_marked(waiting, sales_rep):
    page = sales_rep.get(address("intake-document", waiting)).content.decode()

    assert "<td>KV-O80</td>" in page
    assert 'value="KV-O80"' in page
    assert page.count("We sell nothing under “KV-O80”.") == 2
    marked = [line for line in page.split("<input") if 'aria-invalid="true"' in line]
    assert [line.split('name="')[1].split('"')[0] for line in marked] == ["lines-0-sku"]


def test_places_the_corrected_order(waiting, books, sales_rep):
    response = sales_rep.post(address("intake-document", waiting), correction())

    order = Order.objects.get()
    waiting.refresh_from_db()
    assert response.headers["Location"] == reverse("orders:intake")
    assert (waiting.state, waiting.order) == ("accepted", order)
    assert (order.customer, order.customer_po) == (books, "4712")
    assert list(order.lines.order_by("position").values_list("product__sku", "ordered")) == [
        ("KV-080", 6),
        ("71053", 2),
    ]
    assert set(order.lines.values_list("price_source", flat=True)) == {"Price list EUR"}


def test_keeps_a_price_that_the_person_agreed_to(waiting, sales_rep):
    sales_rep.post(address("intake-document", waiting), correction(**{"lines-0-unit_price": "45"}))

    first = Order.objects.get().lines.get(position=1)
    assert (first.unit_price, first.price_source) == (45, "agreed")


def test_leaves_out_a_line_that_is_no_goods(waiting, sales_rep):
    sales_rep.post(address("intake-document", waiting), correction(**{"lines-0-DELETE": "on"}))

    assert [line.product.sku for line in Order.objects.get().lines.all()] == ["71053"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"customer": "C-99"}, "No customer has the number “C-99”."),
        ({"customer": ""}, "This field is required."),
        ({"lines-0-sku": "NO-SUCH"}, "We sell nothing under “NO-SUCH”."),
        ({"lines-0-quantity": "-1"}, "Enter 0.001 or more."),
        ({"lines-0-quantity": "NaN"}, "Enter a number."),
        ({"lines-0-quantity": "1e30"}, "Enter at most 12 digits."),
        ({"lines-1-unit_price": "-1"}, "Enter 0 or more."),
        ({"requested_on": "2020-01-01"}, "This day is over. Choose today or a later day."),
        ({"lines-0-DELETE": "on", "lines-1-DELETE": "on"}, "There are no order lines."),
        ({"lines-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
    ],
)
def test_refuses_a_wrong_correction_at_its_place(waiting, sales_rep, wrong, message):
    response = sales_rep.post(address("intake-document", waiting), correction(**wrong))

    waiting.refresh_from_db()
    assert response.status_code == 422
    assert message in response.content.decode()
    assert waiting.state == "in_review"
    assert not Order.objects.exists()


def test_accepts_a_document_once(waiting, sales_rep):
    sales_rep.post(address("intake-document", waiting), correction())

    response = sales_rep.post(address("intake-document", waiting), correction(po_number="other"))

    assert response.status_code == 409
    assert "this cannot be done with it now" in response.content.decode()
    assert Order.objects.count() == 1


def test_rejects_a_document_with_a_reason(waiting, sales_rep):
    response = sales_rep.post(address("intake-reject", waiting), {"reason": "Sent by mistake"})

    waiting.refresh_from_db()
    assert response.headers["Location"] == reverse("orders:intake")
    assert waiting.state == "rejected"
    entry = AuditEntry.objects.filter(subject=waiting.label).order_by("pk").last()
    assert (entry.action, entry.reason) == ("to rejected", "Sent by mistake")


def test_rejects_nothing_without_a_reason(waiting, sales_rep):
    response = sales_rep.post(address("intake-reject", waiting), {"reason": " "})

    waiting.refresh_from_db()
    assert response.status_code == 422
    assert "Say why it is rejected." in response.content.decode()
    assert waiting.state == "in_review"


def test_takes_in_uploaded_files_and_lists_what_became_of_each(books, sales_rep):
    files = [
        SimpleUploadedFile("good.csv", b"PO,SKU,Qty\n1,85123A,6\n"),
        SimpleUploadedFile("bad.csv", b"\x00\x01\x02"),
        SimpleUploadedFile("doubtful.csv", DOUBTFUL.encode()),
    ]

    data = {"documents": files, "customer": "C-17850"}
    response = sales_rep.post(reverse("orders:intake-upload"), data)

    results = response.context["results"]
    assert [(result.file, result.status) for result in results] == [
        ("good.csv", "accepted"),
        ("bad.csv", "rejected"),
        ("doubtful.csv", "review"),
    ]
    assert "This is no text file." in response.content.decode()
    assert Order.objects.count() == 1
    assert IntakeDocument.objects.count() == 3


def test_upload_asks_for_files_and_a_customer_that_exists(books, sales_rep):
    response = sales_rep.post(reverse("orders:intake-upload"), {"customer": "C-99"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "No customer has this number." in page
    assert not IntakeDocument.objects.exists()


def test_sends_the_original_as_a_download(waiting, sales_rep):
    response = sales_rep.get(address("intake-original", waiting))

    assert response.content == DOUBTFUL.encode()
    assert response.headers["Content-Disposition"] == 'attachment; filename="orders.csv"'
    assert response.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("name", ["intake-document", "intake-original", "intake-reject"])
def test_visitor_sees_and_decides_nothing(waiting, visitor, name):
    page = address(name, waiting)
    response = visitor.post(page, correction()) if name == "intake-reject" else visitor.get(page)

    waiting.refresh_from_db()
    assert response.status_code == 403
    assert waiting.state == "in_review"


def test_list_counts_what_waits_and_filters(waiting, intake, sales_rep):
    intake("PO,SKU,Qty\n9,85123A,6\n", "--commit", "--customer", "C-17850", name="fine.csv")

    everything = sales_rep.get(reverse("orders:intake")).content.decode()
    accepted = sales_rep.get(reverse("orders:intake"), {"state": "accepted"}).content.decode()

    assert "1 document waits for a person" in everything
    assert ("orders.csv" in everything, "fine.csv" in everything) == (True, True)
    assert ("orders.csv" in accepted, "fine.csv" in accepted) == (False, True)


def test_a_review_asks_as_many_questions_for_twenty_lines_as_for_one(
    books, intake, sales_rep, django_assert_num_queries
):
    pages = []
    for lines in (1, 20):
        rows = "".join(f"C-17850,P{lines},KV-O{row},6,50.00\n" for row in range(lines))
        intake(f"Customer,PO,SKU,Qty,Price\n{rows}", "--commit", name=f"{lines}.csv")
        pages.append(address("intake-document", IntakeDocument.objects.latest("pk")))
    sales_rep.get(pages[0])
    with django_assert_num_queries(25, exact=False) as counted:
        sales_rep.get(pages[0])

    with django_assert_num_queries(len(counted)):
        response = sales_rep.get(pages[1])

    assert response.content.decode().count("KV-O") >= 20


def test_list_asks_as_many_questions_for_twenty_documents_as_for_one(
    waiting, intake, sales_rep, django_assert_num_queries
):
    page = reverse("orders:intake")
    with django_assert_num_queries(10, exact=False) as counted:
        sales_rep.get(page)
    for number in range(19):
        intake(DOUBTFUL.replace("4712", f"X{number}"), "--commit", name=f"{number}.csv")

    with django_assert_num_queries(len(counted)):
        response = sales_rep.get(page)

    assert len(response.context["documents"]) == 20


@pytest.mark.parametrize(
    ("price", "status"), [("49.5", 422), ("50.5", 422), ("50", 302), ("49", 302), ("", 302)]
)
def test_within_the_tolerance_only_the_documents_own_price_is_theirs_to_take(
    waiting, sales_rep, price, status
):
    Company.objects.update(price_tolerance_rate=Decimal("0.02"))
    waiting.content["lines"][0]["unit_price"] = "49"
    waiting.save()
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))
    path = address("intake-document", waiting)

    response = sales_rep.post(path, correction(**{"lines-0-unit_price": price}))

    assert response.status_code == status
    assert Order.objects.exists() == (status == 302)


def test_who_may_not_set_prices_cannot_do_it_in_a_review(waiting, sales_rep):
    role = Group.objects.get(name=roles.SALES_REP)
    role.permissions.remove(Permission.objects.get(codename="override_price"))
    path = address("intake-document", waiting)

    refused = sales_rep.post(path, correction(**{"lines-0-unit_price": "45"}))
    untouched = Order.objects.exists()
    listed = sales_rep.post(path, correction())

    assert (refused.status_code, untouched) == (422, False)
    assert "the price is 45, listed is 50." in refused.content.decode()
    assert listed.status_code == 302
    assert Order.objects.get().lines.get(position=1).unit_price == 50


@pytest.fixture
def colleague(browser_of):
    """Another rep's browser."""
    return browser_of(roles.SALES_REP)


def test_says_who_else_has_the_document_open_and_since_when(
    waiting, sales_rep, colleague, now, monkeypatch
):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)
    here, beat = address("intake-document", waiting), address("intake-open", waiting)
    alone = sales_rep.post(beat).content.decode()

    told = colleague.get(here).content.decode()
    colleague.post(beat)
    both = sales_rep.post(beat).content.decode()
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now + timedelta(seconds=31))
    later = colleague.get(here).content.decode()

    assert "has this document open too" not in alone
    assert "has this document open too, since" in told
    assert both.count("has this document open too, since") == 1
    assert "has this document open too" not in later


def test_tells_who_still_looks_at_it_that_it_is_decided(waiting, sales_rep, colleague):
    sales_rep.post(address("intake-open", waiting))
    colleague.post(address("intake-reject", waiting), {"reason": "twice"})

    told = sales_rep.post(address("intake-open", waiting)).content.decode()

    assert "is decided already: rejected. Nothing that you enter here counts." in told
    assert "has this document open" not in told


def test_who_looks_at_a_document_has_begun_no_order(waiting, sales_rep):
    sales_rep.post(address("intake-open", waiting))

    assert EntryDraft.objects.get().content == {}
    assert "intake-" not in sales_rep.get("/orders/new/").content.decode().split("<main")[1]


def test_looks_for_others_in_as_many_statements_for_twenty_as_for_one(
    waiting, sales_rep, django_assert_num_queries, now, monkeypatch
):
    monkeypatch.setattr("o2c.kernel.clock.now", lambda: now)
    beat = address("intake-open", waiting)
    sales_rep.post(beat)
    for user in UserFactory.create_batch(20):
        note_open(user.pk, document=waiting, at=now)

    with django_assert_num_queries(STATEMENTS):
        told = sales_rep.post(beat).content.decode()

    assert told.count("has this document open too") == 20


# Session, user, permissions (two), the document, what is noted in a step of its own (three), and
# who else is there.
STATEMENTS = 9
