"""A lost shipment is settled once, by a case that tells so, and ends there."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import CustomerUser
from o2c.kernel import clock, roles
from o2c.kernel.errors import InvalidInput
from o2c.kernel.models import AuditEntry, Notice, OutboxMessage
from o2c.kernel.outbox import deliver_due
from orders.models import OrderLine
from shipping import handlers, services
from shipping.events import ReturnSettled
from shipping.models import DeliveryCase, ProofOfDelivery, Return, Shipment
from shipping.services import Delivery, NotLost, Refusal
from tests.invoicing.shipped import customer_with_credit, ship
from tests.race import in_line, without_locks
from tests.shipping.test_return_races import names

# Statements, however many lines the shipment has.
PAGE, SETTLED = 8, 22

FAIL, PROOF = "shipping:fail", "shipping:proof"


@pytest.fixture
def case(gone, now, actor):
    services.report_exception(gone.shipment_id, kind="lost", note="Gone", at=now, actor=actor)
    return DeliveryCase.objects.get()


@pytest.fixture
def settle(case, now, actor):
    def settle(note=""):
        return services.settle_as_lost(case.pk, note=note, at=now, actor=actor)

    return settle


def facts():
    """All that settling changes."""
    return (
        list(Shipment.objects.values_list("state", "exception_kind")),
        list(DeliveryCase.objects.order_by("pk").values_list("state", "resolution")),
        list(Return.objects.order_by("pk").values_list("state", "number")),
        list(OrderLine.objects.values_list("returned", "delivered")),
        OutboxMessage.objects.count(),
        AuditEntry.objects.count(),
    )


def test_all_of_it_is_settled_in_one_step(settle, case, gone, now, books):
    row = settle("The carrier pays")

    line, shipment = row.lines.get(), Shipment.objects.get()
    case.refresh_from_db()
    assert (row.state, row.settled_at) == ("settled", now)
    assert row.note == f"Lost on the way: {shipment.number}"
    assert (line.shipment_line, line.reason, line.disposition) == (gone, "lost", "")
    assert (line.announced, line.received, line.accepted) == (5, 5, 5)
    assert (shipment.state, shipment.exception_kind) == ("lost", "lost")
    assert case.resolution == f"Settled as lost: {row.number}. The carrier pays"
    assert OrderLine.objects.get().returned == 5
    assert books() == []


@pytest.mark.parametrize("kinds", [["lost", "late"], ["late", "lost"]])
def test_all_open_cases_of_it_end(kinds, gone, now, actor):
    for kind in kinds:
        services.report_exception(gone.shipment_id, kind=kind, note="", at=now, actor=actor)
    told = DeliveryCase.objects.get(kind="lost")

    services.settle_as_lost(told.pk, at=now, actor=actor)

    states = DeliveryCase.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [(kind, "resolved") for kind in kinds]


def test_a_case_that_was_resolved_with_words_only_can_still_be_settled(settle, case, now, actor):
    services.resolve_case(case.pk, resolution="Carrier pays", at=now, actor=actor)

    settle()

    case.refresh_from_db()
    assert (case.resolution, Shipment.objects.get().state) == ("Carrier pays", "lost")


def test_the_customer_is_told_once(settle, customer, mailoutbox, now, actor):
    event = ReturnSettled(return_id=settle().pk, at=now, actor=actor)
    mailoutbox.clear()

    handlers.tell_what_is_not_credited(event)
    handlers.tell_what_is_not_credited(event)

    first, again = mailoutbox
    shipment = Shipment.objects.get()
    assert (first.subject, first.to) == (f"{shipment.number} is lost", [customer.email])
    assert f"The carrier has lost {shipment.number}" in first.body
    assert "5 × " in first.body
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_later_news_move_nothing(settle, case, hear):
    settle()

    hear(case.shipment_id, "delivered", "in_transit", "late")

    assert Shipment.objects.get().state == "lost"
    assert DeliveryCase.objects.filter(state="open").count() == 0
    assert OrderLine.objects.get().delivered == 0


def test_who_credited_it_hears_when_it_has_arrived_after_all(settle, case, person, now, actor):
    people = [person(roles.AR_CLERK), person(roles.SHIPPING)]
    settle()
    arrived = {"code": "delivered", "note": "Jo", "happened_at": now}

    for key in ("1", "1"):
        services.record_tracking(case.shipment_id, event_id=key, **arrived, at=now, actor=actor)
    deliver_due(limit=50)

    text = f"{case.shipment} to {case.shipment.customer} has arrived, but is settled as lost"
    told = Notice.objects.filter(text=text).order_by("user")
    assert list(told.values_list("user", flat=True)) == sorted(user.pk for user in people)


@pytest.mark.parametrize("refused", [0, 2])
def test_a_proof_that_comes_later_is_kept_and_told_and_moves_nothing(
    refused, settle, case, gone, person, now, actor, books
):
    clerk = person(roles.AR_CLERK)
    settle()
    before = facts()[:4]

    services.record_proof(
        case.shipment_id,
        delivery=Delivery(received_by="Jo", received_at=now, note="At the gate"),
        refused={gone.pk: Refusal(quantity=Decimal(refused), reason="Wet")},
        at=now,
        actor=actor,
    )
    deliver_due(limit=50)

    proof = ProofOfDelivery.objects.get()
    assert (proof.received_by, proof.note) == ("Jo", "At the gate")
    assert proof.lines.values_list("accepted", "refused").get() == (5 - refused, refused)
    assert facts()[:4] == before
    assert Notice.objects.filter(user=clerk, text__endswith="is settled as lost").count() == 1
    assert books() == []


def resolve_as_found(case, line, now, actor):
    move_on(case, line, now, actor)
    services.resolve_case(case.pk, resolution="Found", at=now, actor=actor)


def move_on(case, line, now, actor):
    """The carrier has found it: the case is still open."""
    found = {"event_id": "found", "code": "in_transit", "note": "", "happened_at": now}
    services.record_tracking(case.shipment_id, **found, at=now, actor=actor)


def deliver(case, line, now, actor):
    services.deliver_shipment(case.shipment_id, received_by="Kim", at=now, actor=actor)


def refuse_it_all(case, line, now, actor):
    services.record_proof(
        case.shipment_id,
        delivery=Delivery(received_by="Kim", received_at=now),
        refused={line.pk: Refusal(quantity=Decimal(5), reason="Wet")},
        at=now,
        actor=actor,
    )


def announce_some(case, line, now, actor):
    goods = [services.Coming(shipment_line_id=line.pk, quantity=Decimal(2), reason="wrong")]
    services.announce_return(case.shipment.customer_id, goods=goods, at=now, actor=actor)


def settle_it(case, line, now, actor):
    services.settle_as_lost(case.pk, at=now, actor=actor)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (deliver, "has arrived"),
        (refuse_it_all, "has arrived"),
        (announce_some, "RMA-.* is open: settle or refuse it first"),
        (settle_it, "is settled as lost already"),
        (resolve_as_found, "is not reported lost"),
        (move_on, "is not reported lost"),
    ],
)
def test_is_refused_and_nothing_changes(before, words, settle, case, gone, now, actor):
    before(case, gone, now, actor)
    stood = facts()

    with pytest.raises(NotLost, match=words):
        settle()

    assert facts() == stood


def test_other_trouble_is_not_settled_as_lost(case, now, actor):
    services.report_exception(case.shipment_id, kind="damaged", note="", at=now, actor=actor)
    other = DeliveryCase.objects.get(kind="damaged")
    stood = facts()

    with pytest.raises(NotLost, match="is not reported lost"):
        services.settle_as_lost(other.pk, at=now, actor=actor)

    assert facts() == stood


def test_a_note_that_is_too_long_is_refused(settle):
    stood = facts()

    with pytest.raises(InvalidInput, match="200 characters at most"):
        settle("x" * 201)

    assert facts() == stood


def test_nobody_announces_a_return_of_lost_goods(case, gone, now, actor):
    goods = [services.Coming(shipment_line_id=gone.pk, quantity=Decimal(1), reason="lost")]

    with pytest.raises(InvalidInput, match="Choose why it comes back"):
        services.announce_return(case.shipment.customer_id, goods=goods, at=now, actor=actor)

    assert not Return.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clerks_settle_it_once(settle, books):
    results = in_line(settle, settle)

    assert names(results) == ["Return", "NotLost"]
    assert OrderLine.objects.get().returned == 5
    assert books() == []


@pytest.mark.django_db(transaction=True)
def test_race_is_real_without_the_locks(settle, monkeypatch):
    """Guards the test above: then both count it, and only the database stops the second."""
    without_locks(monkeypatch)

    results = in_line(settle, settle)

    assert names(results) == ["Return", "IntegrityError"]


def page_of(case):
    return reverse("shipping:case-lost", args=[case.pk])


def test_the_page_says_what_is_credited_and_settles_it(browser_of, case, now):
    clerk = browser_of(roles.AR_CLERK)
    there = reverse("shipping:case", args=[case.pk])
    offered = clerk.get(there).content.decode()

    with clock.travel(now):
        shown = clerk.get(page_of(case)).content.decode()
        answer = clerk.post(page_of(case), {"note": "Claim 4711"})

    case.refresh_from_db()
    row, after = Return.objects.get(), clerk.get(there).content.decode()
    number = case.shipment.lines.get().order.number
    assert page_of(case) in offered
    assert f"{number}, tax included" in shown
    assert (answer.status_code, answer.url) == (302, there)
    assert case.resolution == f"Settled as lost: {row.number}. Claim 4711"
    assert page_of(case) not in after
    assert reverse("shipping:return", args=[row.number]) in after
    assert "Nothing to settle" in clerk.get(page_of(case)).content.decode()


def test_the_page_refuses_in_words_and_nothing_changes(browser_of, case, gone, now, actor):
    announce_some(case, gone, now, actor)
    clerk, stood = browser_of(roles.AR_CLERK), facts()

    with clock.travel(now):
        refused = clerk.post(page_of(case), {"note": ""})
        long = clerk.post(page_of(case), {"note": "x" * 201})

    assert (refused.status_code, long.status_code) == (409, 422)
    assert "is open: settle or refuse it first" in refused.content.decode()
    assert facts() == stood


@pytest.mark.parametrize("role", [roles.SHIPPING, roles.SALES_REP, roles.AUDITOR])
def test_only_who_settles_returns_may(role, browser_of, case):
    browser, stood = browser_of(role), facts()

    offered = browser.get(reverse("shipping:case", args=[case.pk])).content.decode()
    answers = [browser.get(page_of(case)), browser.post(page_of(case), {"note": ""})]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert page_of(case) not in offered
    assert facts() == stood


@pytest.fixture
def lose_lines(company, now, actor):
    """Ship so many lines and lose them; return the case."""

    def lose_lines(count):
        shipment = ship(customer_with_credit(), *[("2", "50.00")] * count)
        services.report_exception(shipment.pk, kind="lost", note="", at=now, actor=actor)
        return DeliveryCase.objects.latest("pk")

    return lose_lines


def test_takes_as_many_statements_for_20_lines_as_for_one(
    lose_lines, browser_of, statements, now, actor
):
    one, many = lose_lines(1), lose_lines(20)
    clerk = browser_of(roles.AR_CLERK)
    clerk.get(page_of(one))

    shown = [statements(lambda case=case: clerk.get(page_of(case))) for case in (one, many)]
    settled = [
        statements(lambda case=case: services.settle_as_lost(case.pk, at=now, actor=actor))
        for case in (one, many)
    ]

    assert shown == [PAGE, PAGE]
    assert settled == [SETTLED, SETTLED]


def test_what_was_lost_can_be_ordered_again_from_its_case(settle, case, browser_of):
    settle()
    again = reverse("orders:again", args=[case.shipment.lines.get().order.number])
    there = reverse("shipping:case", args=[case.pk])

    shown = {role: browser_of(role).get(there) for role in (roles.SALES_REP, roles.AUDITOR)}

    assert again in shown[roles.SALES_REP].content.decode()
    assert 'name="only" value="1:5"' in shown[roles.SALES_REP].content.decode()
    assert again not in shown[roles.AUDITOR].content.decode()


def test_what_has_arrived_after_all_is_told_first_and_not_ordered_again(
    settle, case, gone, browser_of, now, actor
):
    settle()
    services.record_proof(
        case.shipment_id,
        delivery=Delivery(received_by="Jo", received_at=now, note=""),
        refused={},
        at=now,
        actor=actor,
    )
    again = reverse("orders:again", args=[case.shipment.lines.get().order.number])

    page = browser_of(roles.SALES_REP).get(reverse("shipping:case", args=[case.pk]))

    text = page.content.decode()
    assert text.index("It has arrived") < text.index("Settled as lost")
    assert again not in text


def test_the_customer_sees_that_it_is_lost_and_nothing_is_to_be_paid(
    settle, case, customer, person, client
):
    settle()
    user = person(roles.CUSTOMER_USER)
    CustomerUser.objects.create(user=user, customer=customer)
    client.force_login(user)

    pages = [
        client.get(reverse("reporting:portal")),
        client.get(reverse("portal-shipments:shipment", args=[case.shipment.number])),
        client.get(reverse("portal-returns:list")),
    ]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert "You pay nothing for these goods" in pages[1].content.decode()
    assert "lost on the way" in pages[2].content.decode()


def test_the_page_of_what_is_over_offers_no_way_back_and_no_trouble(settle, case, browser_of):
    shipper = browser_of(roles.SHIPPING)
    there = reverse("shipping:shipment", args=[case.shipment.number])
    offers = [
        reverse(name, args=[case.shipment.number]) for name in ("shipping:return-new", FAIL, PROOF)
    ]

    def offered():
        shown = shipper.get(there).content.decode()
        return [f'"{offer}"' in shown for offer in offers]

    before = offered()
    settle()
    lost = offered()
    Shipment.objects.update(state="returned")

    assert (before, lost, offered()) == ([True] * 3, [False, False, True], [False, False, True])


@pytest.mark.parametrize(("accepted", "is_told"), [(5, True), (0, False)])
def test_both_pages_say_that_a_proof_tells_of_an_arrival(
    accepted, is_told, settle, case, gone, browser_of, now, actor
):
    shipper = browser_of(roles.SHIPPING)
    words = "says that it has arrived since, received by Jo on <time"
    pages = [
        reverse("shipping:case", args=[case.pk]),
        reverse("shipping:shipment", args=[case.shipment.number]),
    ]
    settle()
    before = [words in shipper.get(page).content.decode() for page in pages]

    services.record_proof(
        case.shipment_id,
        delivery=Delivery(received_by="Jo", received_at=now),
        refused={gone.pk: Refusal(quantity=Decimal(5 - accepted), reason="Wet")},
        at=now,
        actor=actor,
    )

    shown = [shipper.get(page).content.decode() for page in pages]
    assert before == [False, False]
    assert [words in page for page in shown] == [is_told] * 2
    assert ("Ask the carrier where it is." in shown[0]) is not is_told
    assert ("Only the proof of delivery tells of it." in shown[0]) is is_told
