from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product
from fulfillment import services as fulfillment
from o2c.kernel import clock
from orders.intake.services import take_in
from orders.mails import acknowledge
from orders.models import IntakeCorrection, IntakeDocument, Order, TradingPartner
from tests.factories import NOW, AddressFactory, ContactFactory, ProductUnitFactory
from tests.orders.edi.conftest import sample


@pytest.fixture
def take(actor):
    """Take one of our samples in, as it is or changed, and return its results."""

    def run(name, *changes, commit=True, at=NOW):
        content = sample(name)
        for old, new in changes:
            assert old in content
            content = content.replace(old, new)
        with clock.travel(at):
            return list(take_in(name, content, commit=commit, at=at, actor=actor))

    return run


def rules(result):
    return [(finding.rule, finding.field) for finding in result.findings]


def lines_of(order):
    return [
        (line.sku, line.ordered - line.cancelled, line.unit_price, line.requested_on)
        for line in order.lines.order_by("position")
    ]


@pytest.mark.parametrize(
    ("name", "po_number", "lines"),
    [
        ("order.850.edi", "4711", ["85123A", "71053"]),
        ("order.edifact", "4713", ["71053", "85123A"]),
        ("order.ubl.xml", "4714", ["85123A", "71053"]),
    ],
)
def test_a_certain_order_is_released_untouched(partners, take, name, po_number, lines):
    change = (b"4012345000023::9", b"Dock 4::92") if name == "order.edifact" else None

    (result,) = take(name, *([change] if change else []))

    order = Order.objects.get()
    assert (result.status, rules(result), result.customer) == ("accepted", [], "C-17850")
    assert (order.state, order.customer_po, order.channel) == ("released", po_number, "edi")
    assert [line[0] for line in lines_of(order)] == lines
    assert order.net_amount == Decimal(810)
    assert order.requested_on == date(2026, 11, 25)


def test_a_rehearsal_writes_nothing(partners, take):
    (result,) = take("order.850.edi", commit=False)

    assert (result.status, result.order) == ("accepted", None)
    assert not Order.objects.exists()
    assert not IntakeDocument.objects.exists()


def test_a_stranger_s_order_waits_for_a_person(books, take):
    (result,) = take("order.850.edi", (b"Hollis Water", b"Somebody Else"))

    assert result.status == "review"
    assert ("unknown_customer", "customer") in rules(result)
    assert not Order.objects.exists()


def test_the_name_of_a_customer_is_enough_when_it_is_exact(books, take):
    (result,) = take("order.850.edi")

    assert (result.status, result.customer) == ("accepted", "C-17850")


def test_a_buyer_s_own_number_for_itself_names_nobody_of_ours(books, take):
    (result,) = take(
        "order.850.edi", (b"Hollis Water*UL*4012345000009", b"Else*92*17850"), (b"Hollis ", b"H ")
    )

    assert ("unknown_customer", "customer") in rules(result)


def test_a_place_that_the_customer_does_not_have_is_a_finding(partners, take):
    (result,) = take("order.850.edi", (b"Dock 4", b"Dock 9"), (b"Quay Street 1", b"Far Street"))

    assert (result.status, rules(result)) == ("review", [("ship_to_unknown", "ship_to")])


def test_the_same_file_again_is_a_duplicate(partners, take):
    take("order.850.edi")

    (result,) = take("order.850.edi")

    assert (result.status, rules(result)) == ("duplicate", [("duplicate", "file")])
    assert Order.objects.count() == 1


def test_the_same_order_in_another_interchange_is_a_duplicate(partners, take):
    take("order.850.edi")

    (result,) = take("order.850.edi", (b"000000901", b"000000907"))

    assert (result.status, rules(result)) == ("duplicate", [("duplicate", "po_number")])
    assert Order.objects.count() == 1


def test_an_invoice_is_rejected_by_name(partners, take):
    (result,) = take("order.850.edi", (b"ST*850", b"ST*810"))

    document = IntakeDocument.objects.get()
    assert (result.status, rules(result)) == ("rejected", [("not_an_order", "file")])
    assert (document.state, document.purpose) == ("rejected", "other")


def test_a_change_changes_the_order(partners, take):
    take("order.850.edi")

    (result,) = take("change.860.edi")

    order = Order.objects.get()
    assert (result.status, rules(result), result.order) == ("accepted", [], order.number)
    day = date(2026, 11, 25)
    assert lines_of(order) == [
        ("85123A", Decimal(4), Decimal(50), day),
        ("71053", Decimal(0), Decimal("2.55"), date(2026, 11, 26)),
        ("71053", Decimal(5), Decimal("2.55"), day),
    ]
    document = IntakeDocument.objects.get(purpose="change")
    added = order.lines.get(position=3)
    assert (document.state, document.order) == ("accepted", order)
    assert document.content["line_keys"] == {"30": added.pk}


def test_a_change_of_a_line_that_a_change_has_added_finds_it(partners, take):
    take("order.850.edi")
    take("change.860.edi")

    (result,) = take(
        "change.860.edi",
        (b"POC*10*QD*4**EA*50.00**VN*85123A~\n", b""),
        (b"POC*20*DI*200**EA*2.55**UP*4006381333931~\n", b""),
        (b"POC*30*AI*5", b"POC*30*QI*9"),
        (b"CTT*3", b"CTT*1"),
        (b"SE*7", b"SE*5"),
        (b"902", b"912"),
    )

    assert (result.status, rules(result)) == ("accepted", [])
    assert lines_of(Order.objects.get())[2][1] == Decimal(9)


def test_a_change_by_edifact_and_one_by_ubl_change_their_orders(partners, take):
    take("order.edifact", (b"4012345000023::9", b"Dock 4::92"))
    take("order.ubl.xml")

    (edifact,) = take("change.edifact")
    (ubl,) = take("change.ubl.xml")

    assert [edifact.status, ubl.status] == ["accepted", "accepted"]
    first, second = Order.objects.order_by("customer_po")
    assert [line[:2] for line in lines_of(first)] == [("71053", 0), ("85123A", 4)]
    assert [line[:2] for line in lines_of(second)] == [("85123A", 4), ("71053", 200)]


def test_an_order_that_is_said_again_loses_the_lines_that_it_leaves_out(partners, take):
    take("order.850.edi")

    (result,) = take(
        "order.850.edi",
        (b"BEG*00", b"BEG*05"),
        (b"PO1*20*200*EA*255*HP*UP*4006381333931~\nDTM*002*20261126~\n", b""),
        (b"CTT*2*206", b"CTT*1*6"),
        (b"TT*810", b"TT*300"),
        (b"SE*18", b"SE*16"),
        (b"901", b"921"),
    )

    order = Order.objects.get()
    assert (result.status, rules(result)) == ("accepted", [])
    assert [line[:2] for line in lines_of(order)] == [("85123A", 6), ("71053", 0)]


@pytest.mark.parametrize(
    ("name", "order"),
    [("cancel.860.edi", "order.850.edi"), ("cancellation.ubl.xml", "order.ubl.xml")],
)
def test_a_cancellation_cancels(partners, take, name, order):
    take(order)

    (result,) = take(name)

    found = Order.objects.get()
    assert (result.status, result.order) == ("accepted", found.number)
    assert (found.state, found.cancel_reason) == ("cancelled", "customer")


def test_a_cancellation_that_comes_too_late_waits_for_a_person(partners, take, actor):
    take("order.850.edi")
    order = Order.objects.get()
    fulfillment.release_pick_lists(order.pk, at=NOW, actor=actor)
    before = list(order.lines.values())

    (result,) = take("cancel.860.edi")

    order.refresh_from_db()
    assert (result.status, rules(result)) == ("review", [("already_picked", "quantity")])
    assert order.state == "fulfilling"
    assert list(order.lines.values()) == before


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"*SA*4711*", b"*SA*4799*", ("unknown_order", "po_number")),
        (b"POC*10*", b"POC*77*", ("change_unclear", "lines.0.number")),
        (b"50.00", b"45.00", ("change_unclear", "lines.0.unit_price")),
        (b"VN*71053", b"VN*NOTHING", ("unknown_product", "lines.2.sku")),
    ],
)
def test_an_unclear_change_waits_and_changes_nothing(partners, take, old, new, found):
    take("order.850.edi")
    before = lines_of(Order.objects.get())
    more = [(b"VN*85123A", b"VN*X")] if b"77" in new else []

    (result,) = take("change.860.edi", (old, new), *more)

    assert (result.status, rules(result)) == ("review", [found])
    assert lines_of(Order.objects.get()) == before


def test_a_change_is_applied_once(partners, take):
    take("order.850.edi")
    take("change.860.edi")

    (result,) = take("change.860.edi")

    assert (result.status, rules(result)) == ("duplicate", [("duplicate", "file")])
    assert Order.objects.get().lines.count() == 3


def test_taking_in_costs_the_same_statements_however_many_lines(
    partners, take, django_assert_num_queries
):
    def order(count, number):
        line = b"PO1*20*200*EA*255*HP*UP*4006381333931~\nDTM*002*20261126~\n"
        lines = b"".join(line.replace(b"PO1*20", b"PO1*%d" % (100 + n)) for n in range(count))
        total = 300 + 510 * count
        return [
            (line, lines),
            (b"CTT*2*206", b"CTT*%d" % (count + 1)),
            (b"TT*810", b"TT*%d" % total),
            (b"SE*18", b"SE*%d" % (16 + 2 * count)),
            (b"901", number),
            (b"4711**", b"PO%b**" % number),
        ]

    take("order.850.edi", *order(2, b"930"))
    with CaptureQueriesContext(connection) as counted:
        take("order.850.edi", *order(2, b"931"))

    with django_assert_num_queries(len(counted)):
        (result,) = take("order.850.edi", *order(40, b"932"))

    assert (result.status, result.lines) == ("accepted", 41)


@pytest.mark.parametrize("change", [(b"POC*10*QD*4**EA", b"POC*10*QD*4**CA")])
def test_a_change_in_another_unit_is_not_taken_for_pieces(partners, take, change):
    take("order.850.edi")
    before = lines_of(Order.objects.get())

    (result,) = take("change.860.edi", change)

    assert (result.status, rules(result)) == ("review", [("change_unclear", "lines.0.unit")])
    assert lines_of(Order.objects.get()) == before


def test_a_change_in_a_unit_that_somebody_explained_is_counted_in_ours(partners, take, books):
    take("order.850.edi")
    IntakeCorrection.objects.create(
        customer=books,
        kind=IntakeCorrection.Kind.UNIT,
        word="ca",
        shown="CA",
        document=IntakeDocument.objects.get(),
        product=Product.objects.get(sku="85123A"),
        factor=2,
        created_at=NOW,
    )

    (result,) = take("change.860.edi", (b"POC*10*QD*4**EA*50.00", b"POC*10*QD*2**CA*100.00"))

    assert (result.status, rules(result)) == ("accepted", [])
    assert lines_of(Order.objects.get())[0][1:3] == (Decimal(4), Decimal(50))


def test_a_change_in_a_pack_of_the_products_own_is_counted_in_ours(partners, take):
    take("order.850.edi")
    ProductUnitFactory.create(product=Product.objects.get(sku="85123A"), factor=Decimal(2))

    (result,) = take("change.860.edi", (b"POC*10*QD*4**EA*50.00", b"POC*10*QD*2**CT*100.00"))

    assert (result.status, rules(result)) == ("accepted", [])
    assert lines_of(Order.objects.get())[0][1:3] == (Decimal(4), Decimal(50))


@pytest.mark.parametrize(("price", "status"), [(b"49.00", "accepted"), (b"48.99", "review")])
def test_a_change_may_be_within_the_tolerance_of_the_order(partners, take, books, price, status):
    take("order.850.edi")
    type(books).objects.update(price_tolerance_rate=Decimal("0.02"))

    (result,) = take("change.860.edi", (b"4**EA*50.00", b"4**EA*" + price))

    assert result.status == status
    assert lines_of(Order.objects.get())[0][2] == Decimal(50)


@pytest.mark.parametrize("name", [b"4012345000023", b"HAM-2", b"ham-2", b"South gate"])
def test_the_place_of_delivery_is_found_by_gln_code_or_label(partners, books, take, name):
    south = AddressFactory.create(
        customer=books, label="South gate", code="HAM-2", gln="4012345000023", street="Far 9"
    )

    (result,) = take("order.850.edi", (b"*92*Dock 4", b"*92*" + name))

    assert (result.status, Order.objects.get().ship_to) == ("accepted", south)


def test_a_place_that_is_used_no_more_is_unknown(partners, books, take):
    AddressFactory.create(customer=books, label="South gate", is_active=False)

    (result,) = take(
        "order.850.edi",
        (b"Water, Dock 4*92*Dock 4", b"Water*92*South gate"),
        (b"Quay Street 1", b"Far Street"),
    )

    assert (result.status, rules(result)) == ("review", [("ship_to_unknown", "ship_to")])
    assert not Order.objects.exists()


def test_a_total_that_our_prices_do_not_come_to_is_a_finding(partners, take):
    (result,) = take("order.850.edi", (b"EA*50.00", b"EA*"), (b"TT*810", b"TT*812"))

    assert (result.status, rules(result)) == ("review", [("total_differs", "total")])
    assert not Order.objects.exists()


def test_a_carton_by_its_x12_code_is_counted_in_pieces(partners, take, pump):
    ProductUnitFactory.create(product=pump, factor=Decimal(10))

    (result,) = take("order.850.edi", (b"200*EA*255", b"20*CT*2550"), (b"*2*206", b"*2*26"))

    order = Order.objects.get()
    assert (result.status, rules(result)) == ("accepted", [])
    assert lines_of(order)[1][:3] == ("71053", Decimal(200), Decimal("2.5500"))
    assert order.net_amount == Decimal(810)


@pytest.mark.parametrize(("transport", "mails"), [("folder", 0), ("as2", 0), ("none", 1)])
def test_who_is_answered_by_documents_gets_no_mail(partners, books, take, actor, transport, mails):
    ContactFactory.create(customer=books, role="buyer")
    TradingPartner.objects.update(transport=transport, address="hollis")
    take("order.850.edi")

    acknowledge(Order.objects.get().pk, at=NOW, actor=actor)

    assert len(mail.outbox) == mails
