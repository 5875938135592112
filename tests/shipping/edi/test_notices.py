"""The ship notice in the partner's format, read by readers of our own and of others."""

from decimal import Decimal

import pytest
from django.urls import reverse
from lxml import etree
from x12 import inspect_x12_interchange, parse_x12_interchange, tokenize_x12

from customers.models import Address
from fulfillment.models import Package, Warehouse
from o2c.kernel import files
from o2c.kernel.outbox import deliver_due
from orders.intake.edi import edifact_syntax, x12_syntax
from orders.models import PartnerMessage
from orders.partners.responses import x12_trade_number
from shipping import services
from shipping.models import Shipment
from shipping.notices.sending import tell_partners
from tests.orders.edi.conftest import sample
from tests.shipping.edi.conftest import LATER, SAMPLES
from tests.shipping.packages import SECOND, SSCC, share_out

KINDS = {"x12": "856", "edifact": "DESADV", "ubl": "DespatchAdvice"}


@pytest.fixture
def notice(packed, dispatch):
    """Ship an order of this format in two packages; return the message and its bytes."""

    def run(kind, *, has_sscc=True, tracking_number=""):
        pick_list = packed(kind, weights=("7.5", "2.5"))
        if has_sscc:
            share_out(pick_list, "4", "2", sku="85123A")
        else:
            Package.objects.update(sscc="")
        shipment = dispatch(pick_list, tracking_number)
        message = PartnerMessage.objects.get(kind=KINDS[kind])
        return shipment, message, files.read(message.file)

    return run


def levels_of(message):
    return [tuple(one.get(place) for place in range(1, 5)) for one in message.all("HL")]


def test_856_is_a_tree_of_shipment_order_packages_and_items(notice):
    shipment, sent, content = notice("x12")

    inspected = inspect_x12_interchange(parse_x12_interchange(tokenize_x12(content)))
    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    assert tuple(inspected.transaction_set_codes) == (b"856",)
    assert (interchange.problems, message.problems) == ([], [])
    assert interchange.groups[0].code == "SH"
    assert interchange.control.lstrip("0") == sent.control
    assert levels_of(message) == [
        ("1", "", "S", "1"),
        ("2", "1", "O", "1"),
        ("3", "2", "P", "1"),
        ("4", "3", "I", "0"),
        ("5", "2", "P", "1"),
        ("6", "5", "I", "0"),
        ("7", "2", "I", "0"),
    ]
    assert [one.get(2) for one in message.all("MAN")] == [f"00{SSCC}", f"00{SECOND}"]
    assert message.first("BSN").get(2) == shipment.number
    assert message.first("PRF").get(1) == "4711"
    assert message.first("CTT").get(1) == "7"


def test_856_says_the_buyers_numbers_what_left_and_all_of_it(notice):
    _shipment, _sent, content = notice("x12")

    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    items = [(one.get(1), one.get(2), one.get(5), one.get(8)) for one in message.all("SN1")]
    total = sum(Decimal(one.get(2)) for one in message.all("SN1"))
    assert items == [
        ("10", "4", "6", "AC"),
        ("10", "2", "6", "AC"),
        ("20", "200", "200", "AC"),
    ]
    assert message.first("CTT").get(2) == f"{total.normalize():f}"
    assert [one.get(3) for one in message.all("LIN")] == ["85123A", "85123A", "71053"]


def test_856_without_package_numbers_hangs_the_items_below_the_order(notice):
    _shipment, _sent, content = notice("x12", has_sscc=False)

    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    assert [level[1:3] for level in levels_of(message)] == [
        ("", "S"),
        ("1", "O"),
        ("2", "I"),
        ("2", "I"),
    ]
    assert message.first("BSN").get(5) == "0004"
    assert message.all("MAN") == []


def test_desadv_has_a_level_for_each_package_below_the_consignment(notice):
    shipment, _sent, content = notice("edifact")

    (interchange,) = edifact_syntax.parse(content)
    (message,) = interchange.messages
    assert (message.code, interchange.problems, message.problems) == ("DESADV", [], [])
    assert (message.first("BGM").get(1), message.first("BGM").get(2)) == ("351", shipment.number)
    assert [(one.get(1), one.get(2)) for one in message.all("CPS")] == [
        ("1", ""),
        ("2", "1"),
        ("3", "1"),
        ("4", "1"),
    ]
    assert [one.get(2) for one in message.all("GIN")] == [SSCC, SECOND]
    sent = [one.get(1, 2) for one in message.all("QTY") if one.get(1) == "12"]
    assert sent == ["4", "2", "200"]
    assert [one.get(1) for one in message.all("LIN")] == ["1", "2", "3"]
    lines = [one.get(1, 3) for one in message.all("RFF") if one.get(1, 3)]
    assert lines == ["2", "2", "1"]
    assert message.first("CNT").get(1, 2) == "3"


@pytest.mark.parametrize(
    ("number", "whole", "conveyance"),
    [("1Z9999999999999999", True, ""), ("N" * 17, True, "N" * 17), ("N" * 36, False, "")],
)
def test_desadv_tells_a_tracking_number_whole_or_not_at_all(notice, number, whole, conveyance):
    _shipment, _sent, content = notice("edifact", tracking_number=number)

    (interchange,) = edifact_syntax.parse(content)
    (message,) = interchange.messages
    references = [one.get(1, 2) for one in message.all("RFF") if one.get(1) == "CN"]
    assert (references, message.problems) == ([number] if whole else [], [])
    assert message.first("TDT").get(2) == conveyance


@pytest.mark.parametrize(("length", "whole"), [(18, True), (30, True), (31, False)])
def test_856_tells_a_tracking_number_whole_or_not_at_all(notice, length, whole):
    _shipment, _sent, content = notice("x12", tracking_number="N" * length)

    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    told = [one.get(2) for one in message.all("REF") if one.get(1) == "CN"]
    assert told == (["N" * length] if whole else [])


REGIONS = [
    ("NY", "NY", "NY", "NY"),
    ("ny", "NY", "ny", "ny"),
    ("Hamburg", "", "Hamburg", "Hamburg"),
    ("Rhône", "", "Rhône", "Rhône"),
    ("ßß", "", "ßß", "ßß"),
    ("Nordrhein-Westfalen", "", "", "Nordrhein-Westfalen"),
    ("", "", "", None),
]


@pytest.fixture
def from_and_to(packed, dispatch):
    """Ship from a house and to an address of this region; return what the partner is told."""

    def run(kind, region):
        pick_list = packed(kind)
        Warehouse.objects.update(
            street="Pier 4", postal_code="10004", city="New York", region=region, country="US"
        )
        Address.objects.update(region=region)
        dispatch(pick_list)
        return files.read(PartnerMessage.objects.get(kind=KINDS[kind]).file)

    return run


@pytest.mark.parametrize(("region", "told"), [(one[0], one[1]) for one in REGIONS])
def test_856_tells_a_region_of_two_letters_of_both_addresses(from_and_to, region, told):
    content = from_and_to("x12", region)

    inspected = inspect_x12_interchange(parse_x12_interchange(tokenize_x12(content)))
    (interchange,) = x12_syntax.parse(content)
    (message,) = interchange.messages
    assert tuple(inspected.transaction_set_codes) == (b"856",)
    assert (interchange.problems, message.problems) == ([], [])
    assert [one.get(2) for one in message.all("N4")] == [told, told]
    assert message.first("N4").get(3) == "10004"


@pytest.mark.parametrize(("region", "told"), [(one[0], one[2]) for one in REGIONS])
def test_desadv_tells_a_region_that_fits_whole_of_both_addresses(from_and_to, region, told):
    (interchange,) = edifact_syntax.parse(from_and_to("edifact", region))

    (message,) = interchange.messages
    places = {one.get(1): one for one in message.all("NAD")}
    assert (interchange.problems, message.problems) == ([], [])
    assert [places[role].get(7) for role in ("DP", "SF")] == [told, told]
    assert [places["SF"].get(place) for place in (6, 8, 9)] == ["New York", "10004", "US"]


@pytest.mark.parametrize(("region", "told"), [(one[0], one[3]) for one in REGIONS])
def test_ubl_tells_the_region_of_both_addresses(from_and_to, region, told):
    root = etree.fromstring(from_and_to("ubl", region))

    places = [root.find(".//{*}DeliveryAddress"), root.find(".//{*}PostalAddress")]
    assert [place.findtext("{*}CountrySubentity") for place in places] == [told, told]


@pytest.mark.parametrize(
    ("gtin", "told"),
    [
        ("012345678905", ["UP", "012345678905"]),
        ("4006381333931", ["EN", "4006381333931"]),
        ("14006381333938", ["UK", "14006381333938"]),
        ("96385074", ["EN", "0000096385074"]),
        ("", []),
    ],
)
def test_x12_names_a_trade_number_by_its_length(gtin, told):
    assert x12_trade_number(gtin) == told


def test_ubl_names_order_package_and_quantity_of_each_line(notice):
    shipment, _sent, content = notice("ubl")

    root = etree.fromstring(content)
    lines = root.findall("{*}DespatchLine")
    assert etree.QName(root).localname == "DespatchAdvice"
    assert root.findtext("{*}ID") == shipment.number
    assert [one.findtext("{*}DeliveredQuantity") for one in lines] == ["4", "2", "200"]
    assert [one.findtext(".//{*}TransportHandlingUnit/{*}ID") for one in lines] == [
        SSCC,
        SECOND,
        None,
    ]
    assert {one.findtext(".//{*}OrderReference/{*}ID") for one in lines} == {"4714"}
    units = root.findall("{*}Shipment/{*}TransportHandlingUnit/{*}ID")
    assert [(one.text, one.get("schemeID")) for one in units] == [(SSCC, "SSCC"), (SECOND, "SSCC")]


@pytest.mark.parametrize("kind", SAMPLES)
def test_what_follows_is_said_once_a_line(kind, packed, dispatch, pump):
    pump.stock_levels.update(on_hand=Decimal(150))
    dispatch(packed(kind))

    message = PartnerMessage.objects.get(kind=KINDS[kind])
    text = files.read(message.file).decode("latin-1")
    assert {
        "x12": text.count("*BP~"),
        "edifact": text.count("QTY+83:50"),
        "ubl": text.count(">50</cbc:OutstandingQuantity>"),
    }[kind] == 1


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_shipment_is_told_once_and_carried(kind, packed, dispatch, reachable, actor):
    shipment = dispatch(packed(kind))

    again = tell_partners(shipment.pk, at=LATER, actor=actor)
    deliver_due(limit=100)

    message = PartnerMessage.objects.get(kind=KINDS[kind])
    laid = [path.name for path in (reachable / kind / "out").iterdir()]
    assert again == []
    assert message.state == "sent"
    assert laid.count(message.file.name) == 1
    assert message.order == shipment.lines.first().order


def test_who_orders_otherwise_is_sent_no_notice(packed, dispatch):
    pick_list = packed("x12")
    pick_list.order.intake_documents.update(sender="")

    dispatch(pick_list)

    assert not PartnerMessage.objects.filter(source__startswith="shipment:").exists()


def test_page_of_the_shipment_shows_what_the_partner_was_told(packed, dispatch, shipper):
    shipment = dispatch(packed("x12"))

    page = shipper.get(reverse("shipping:shipment", args=[shipment.number])).content.decode()

    message = PartnerMessage.objects.get(kind="856")
    assert "Told the trading partner" in page
    assert message.control in page


def test_telling_takes_as_many_statements_for_more_packages(packed, dispatch, statements, actor):
    shipment = dispatch(packed("x12"))
    PartnerMessage.objects.filter(kind="856").delete()
    one = statements(lambda: tell_partners(shipment.pk, at=LATER, actor=actor))

    PartnerMessage.objects.filter(kind="856").delete()
    share_out(Shipment.objects.get().lines.first().pick_list, *["0.25"] * 20)

    assert statements(lambda: tell_partners(shipment.pk, at=LATER, actor=actor)) == one


def test_each_order_of_a_joint_shipment_shows_the_one_message(packed, actor, sales_rep):
    content = sample(SAMPLES["x12"])
    another = content.replace(b"*4711**", b"*4712**").replace(b"000000901", b"000000902")
    lists = [packed("x12"), packed("x12", content=another)]
    first, second = Shipment.objects.order_by("pk")
    joint = services.join_shipment(second.pk, with_id=first.pk, at=LATER, actor=actor)
    services.label_shipment(joint.pk, at=LATER, actor=actor)
    services.dispatch_shipment(joint.pk, at=LATER, actor=actor)
    deliver_due(limit=100)

    message = PartnerMessage.objects.get(kind="856")
    urls = [reverse("shipping:order-messages", args=[one.order.number]) for one in lists]
    pages = [sales_rep.get(url).content.decode() for url in urls]
    (interchange,) = x12_syntax.parse(files.read(message.file))
    assert message.order is None
    assert [message.control in page for page in pages] == [True, True]
    assert [one.get(1) for one in interchange.messages[0].all("PRF")] == ["4711", "4712"]
