"""Labels, delivery note and bill of lading: what they say, and that they stay as they were."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from customers.models import CustomerUser
from fulfillment.models import Package
from fulfillment.services import pack
from o2c.kernel import clock, files
from o2c.kernel.outbox import deliver_due
from o2c.kernel.roles import CUSTOMER_USER
from shipping import labels, papers, services
from shipping.contents import packages_of, parts_of
from shipping.models import Shipment, ShipmentPaper
from shipping.services import NoPaper, NoPickup
from tests.factories import ContactFactory, LotFactory, ProductFactory, StockLevelFactory
from tests.shipping.packages import SECOND, SSCC, share_out

NOTE = ShipmentPaper.Kind.DELIVERY_NOTE
LADING = ShipmentPaper.Kind.BILL_OF_LADING


@pytest.fixture(autouse=True)
def today(now):
    with clock.travel(now):
        yield


@pytest.fixture
def labelled(shipment, now, actor):
    return services.label_shipment(shipment.pk, at=now, actor=actor)


@pytest.fixture
def gone(labelled, now, actor):
    return services.dispatch_shipment(labelled.pk, at=now, actor=actor)


def shown(shipment):
    return Shipment.objects.select_related("customer", "ship_to", "warehouse", "carrier").get(
        pk=shipment.pk
    )


def text_of(content):
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    return [" ".join(page.split()) for page in pages]


def drawn(kind, shipment, now):
    row = shown(shipment)
    return papers.html(kind, row, parts_of(row), at=now)


def test_everything_is_in_the_only_package(labelled):
    [part] = parts_of(labelled)

    [box] = part.boxes
    assert (box.place, [one.quantity for one in box.goods], part.loose) == (1, [5], [])


def test_what_is_in_no_package_is_loose(labelled, packed):
    share_out(packed, "2", "1")

    [part] = parts_of(labelled)

    assert [[one.quantity for one in box.goods] for box in part.boxes] == [[2], [1]]
    assert [one.quantity for one in part.loose] == [2]
    assert sum(one.quantity for one in part.goods) == 5


def test_contents_take_as_many_statements_for_20_packages_as_for_one(labelled, packed, statements):
    one = statements(lambda: parts_of(labelled))

    share_out(packed, *["0.25"] * 20)

    assert (statements(lambda: parts_of(labelled)), one) == (3, 3)


def test_zpl_label_names_the_package_by_a_gs1_128_barcode(labelled, packed):
    share_out(packed, "3", "2")

    text = services.zpl_of(labelled.pk)

    first, second = text.split("^XZ\n")[:2]
    assert text.count("^XA") == text.count("^XZ") == 2
    assert f"^FD>;>800{SSCC}^FS" in first
    assert f"^FD(00) {SSCC}^FS" in first
    assert f"^FD>;>800{SECOND}^FS" in second
    assert f"^FD{labelled.tracking_number}^FS" in first
    assert f"{labelled.number}   2/2   2.5 kg" in second


def test_labels_bear_an_sscc_of_the_size_that_gs1_wants(labelled, packed):
    share_out(packed, "3", "2")

    text = services.zpl_of(labelled.pk)
    packages = list(Package.objects.order_by("number"))
    drawn = labels.html(labelled, packages)

    # 8 dots are a millimetre: bars of 0.5 mm, 32 mm high, 78 mm of the label's 90.
    assert f"^FO40,850^BY4^BCN,256,N,N,N^FD>;>800{SSCC}^FS" in text
    assert 'height="32.000mm"' in drawn
    assert 'width="0.500mm"' in drawn
    assert len(PdfReader(BytesIO(labels.draw(labelled, packages))).pages) == 2


def test_zpl_label_of_a_package_without_an_sscc_bears_the_tracking_number_alone(labelled):
    Package.objects.update(sscc="")

    text = services.zpl_of(labelled.pk)

    assert text.count("^BC") == 1
    assert ">;>8" not in text
    assert "(00)" not in text


def test_zpl_takes_nothing_that_people_have_typed_for_a_command(labelled, customer):
    customer.name = "^XZ Hollis~JA_Water\n^FS"
    customer.save()

    text = services.zpl_of(labelled.pk)

    assert text.count("^XZ") == 1
    assert "_5EXZ Hollis_7EJA_5FWater _5EFS" in text


def test_pdf_label_has_a_page_for_each_package(labelled, packed, now, actor):
    share_out(packed, "3", "2")

    pages = text_of(files.read(services.label_of(labelled.pk, at=now, actor=actor)))

    assert len(pages) == 2
    assert f"(00) {SSCC}" in pages[0]
    assert "package 2 of 2, 2.5 kg" in pages[1]
    assert f"(00) {SECOND}" in pages[1]


def test_pdf_label_without_an_sscc_has_one_barcode(labelled):
    Package.objects.update(sscc="")

    page = labels.html(shown(labelled), packages_of(parts_of(labelled)))

    assert page.count("<svg") == 1
    assert "(00)" not in page


def test_no_label_for_a_printer_before_it_is_made(shipment, shipper):
    with pytest.raises(NoPickup):
        services.zpl_of(shipment.pk)

    answer = shipper.get(reverse("shipping:label-zpl", args=[shipment.number]), follow=True)
    assert f"{shipment.number} has no label yet." in answer.content.decode()


def test_delivery_note_says_what_comes_in_which_package_and_what_follows(gone, packed, now):
    share_out(packed, "3", "2")

    page = text_of(files.read(services.paper_of(gone.pk, NOTE, at=now)))[0]

    assert f"Delivery note {gone.number}" in page
    assert "VLV-BF-080" in page
    assert "5 5 — pcs 1, 2" in page
    assert f"(00) {SSCC}" in page
    assert gone.tracking_number in page
    assert "EUR" not in page


def test_delivery_note_says_the_lot_and_what_is_to_follow(
    place, release, pick, now, actor, schedule
):
    product = ProductFactory.create(sku="SEAL-9")
    lot = LotFactory.create(product=product, code="L-77")
    StockLevelFactory.create(product=product, lot=lot, on_hand=3)
    [pick_list] = release(place({product: 8}))
    pick(pick_list)
    pack(pick_list.pk, weights=[Decimal(1)], at=now, actor=actor)
    shipment = Shipment.objects.get(lines__pick_list=pick_list)

    page = drawn(NOTE, shipment, now)

    assert "lot L-77" in page
    assert '<td class="n">8</td><td class="n"><b>3</b></td>' in page
    assert '<td class="n">5</td>' in page


def test_bill_of_lading_counts_packages_and_has_room_for_signatures(labelled, packed, now):
    share_out(packed, "3", "2")

    page = text_of(services.draft_of(labelled.pk, LADING, at=now)[0])[0]

    assert f"Bill of lading {labelled.number}" in page
    assert f"2 parcel (00) {SECOND}" in page
    assert "Driver: name, signature, vehicle" in page
    assert "Northway Freight" in page


def test_papers_of_what_is_still_here_are_not_kept(labelled, now, shipper):
    answer = shipper.get(reverse("shipping:delivery-note", args=[labelled.number]))

    assert answer.content.startswith(b"%PDF")
    assert f"{labelled.number}-delivery-note.pdf" in answer.headers["Content-Disposition"]
    assert ShipmentPaper.objects.count() == 0
    with pytest.raises(NoPaper):
        services.paper_of(labelled.pk, NOTE, at=now)


def test_a_cancelled_shipment_has_no_papers(shipment, shipper, now, actor):
    services.cancel_shipment(shipment.pk, reason="twice", at=now, actor=actor)

    answer = shipper.get(reverse("shipping:bill-of-lading", args=[shipment.number]), follow=True)

    assert f"{shipment.number} is cancelled: it has no papers." in answer.content.decode()


def test_a_paper_stays_as_it_was_when_it_left(gone, customer, now, shipper):
    first = services.paper_of(gone.pk, NOTE, at=now)
    customer.name = "Renamed Water"
    customer.save()

    again = services.paper_of(gone.pk, NOTE, at=now)
    answer = shipper.get(reverse("shipping:delivery-note", args=[gone.number]))

    assert again == first
    assert answer.content == files.read(first)
    assert ShipmentPaper.objects.count() == 1


def test_ship_notice_brings_the_delivery_note_once(gone, customer, mailoutbox):
    ContactFactory.create(customer=customer, role="dispatch", email="goods-in@hollis.example")

    deliver_due(limit=20)
    deliver_due(limit=20)

    [mail] = [one for one in mailoutbox if "on its way" in one.subject]
    paper = ShipmentPaper.objects.get()
    assert mail.to == ["goods-in@hollis.example"]
    assert [name for name, _content, _type in mail.attachments] == [
        f"{gone.number}-delivery-note.pdf"
    ]
    assert mail.attachments[0][1] == files.read(paper.file)
    assert "The delivery note is attached." in mail.body


def test_page_of_the_shipment_lists_its_documents(gone, shipper):
    page = shipper.get(reverse("shipping:shipment", args=[gone.number])).content.decode()

    for name in ("label", "label-zpl", "delivery-note", "bill-of-lading"):
        assert reverse(f"shipping:{name}", args=[gone.number]) in page


def test_a_customer_gets_their_own_delivery_note_and_nobody_elses(
    gone, customer, make_customer, person, client
):
    url = reverse("portal-shipments:delivery-note", args=[gone.number])
    answers = []
    for owner in (customer, make_customer()):
        user = person(CUSTOMER_USER)
        CustomerUser.objects.create(user=user, customer=owner)
        client.force_login(user)
        answers.append(client.get(url))

    mine, theirs = answers
    assert (mine.status_code, theirs.status_code) == (200, 404)
    assert mine.content.startswith(b"%PDF")


def test_a_customer_gets_no_delivery_note_before_it_has_left(labelled, customer, person, client):
    user = person(CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)
    client.force_login(user)

    answer = client.get(reverse("portal-shipments:delivery-note", args=[labelled.number]))

    assert answer.status_code == 404
