"""Quotes: written, sent, revised, accepted once at their own prices, rejected, run out."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_fsm import TransitionNotAllowed
from pypdf import PdfReader

from catalog.models import Price, Product
from o2c.kernel import files, roles
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.events import ON
from orders import handlers, services
from orders.events import OrderSubmitted, QuoteDecided, QuoteSent
from orders.models import ApprovalRule, Order, OrderFinding, Quote
from orders.services import NewLine, Offered
from orders.tasks import expire_quotes
from tests.factories import (
    CustomerFactory,
    PaymentTermsFactory,
    ProductFactory,
    UserFactory,
)

FRIDAY, WANTED = date(2026, 11, 20), date(2026, 11, 25)


@pytest.fixture(autouse=True)
def alone(monkeypatch, company):
    """Only this stage reacts: what credit does with an order is its tests' business."""
    monkeypatch.setitem(ON, OrderSubmitted, [])


@pytest.fixture
def products(db):
    return ProductFactory.create_batch(2)


@pytest.fixture
def offered(products):
    """10 at 45.00 instead of 50.00, and 4 at the listed price: 650.00 net, 773.50 with tax."""
    first, second = products
    return Offered(
        lines=[
            NewLine(first.pk, Decimal(10), unit_price=Decimal("45.00")),
            NewLine(second.pk, Decimal(4)),
        ],
        valid_until=FRIDAY,
        note="Packed on pallets.",
    )


@pytest.fixture
def quote(offered, now, actor) -> Quote:
    return services.create_quote(
        customer_id=CustomerFactory.create().pk, offered=offered, at=now, actor=actor
    )


@pytest.fixture
def sent(quote, now, actor) -> Quote:
    return services.send_quote(quote.pk, at=now, actor=actor)


def partly(quote, now, actor, **values):
    """Send a revision-free quote that may be taken in part."""
    lines = [
        NewLine(line.product_id, line.quantity, unit_price=line.unit_price)
        for line in quote.lines.order_by("position")
    ]
    offered = Offered(lines=lines, valid_until=FRIDAY, allows_part=True, **values)
    services.change_quote(quote.pk, offered=offered, version=quote.version, at=now, actor=actor)
    return services.send_quote(quote.pk, at=now, actor=actor)


def accept(quote, now, actor, **values):
    return services.accept_quote(quote.pk, requested_on=WANTED, at=now, actor=actor, **values)


def prices(order):
    lines = order.lines.order_by("position")
    return [(line.ordered, line.unit_price, line.list_price) for line in lines]


def test_is_priced_like_an_order_unless_another_price_is_offered(quote):
    lines = quote.lines.order_by("position")

    assert (quote.number[:3], quote.revision, quote.state) == ("QU-", 1, "draft")
    assert (quote.net_amount, quote.tax_amount, quote.gross_amount) == (
        Decimal("650.00"),
        Decimal("123.50"),
        Decimal("773.50"),
    )
    assert [(line.unit_price, line.list_price, line.price_source) for line in lines] == [
        (Decimal("45.0000"), Decimal("50.0000"), "agreed"),
        (Decimal("50.0000"), Decimal("50.0000"), "Price list EUR"),
    ]


def test_a_draft_is_changed_against_the_version_that_was_seen(quote, offered, now, actor):
    changed = services.change_quote(quote.pk, offered=offered, version=0, at=now, actor=actor)

    with pytest.raises(services.QuoteChanged):
        services.change_quote(quote.pk, offered=offered, version=0, at=now, actor=actor)

    assert changed.version == 1
    assert quote.lines.count() == 2


def test_refuses_a_day_that_is_over(quote, offered, now, actor):
    late = Offered(lines=offered.lines, valid_until=date(2026, 11, 17))

    with pytest.raises(InvalidInput, match="This day is over") as refusal:
        services.change_quote(quote.pk, offered=late, version=0, at=now, actor=actor)

    assert refusal.value.field == "valid_until"
    assert Quote.objects.get().version == 0


def test_is_sent_with_its_document_and_changed_no_more(sent, offered, now, actor):
    handlers.mail_quote(QuoteSent(quote_id=sent.pk, at=now, actor=actor))

    [message] = mail.outbox
    [(name, content, media_type)] = message.attachments
    text = PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert message.to == [sent.customer.email]
    assert message.subject == f"Our quote {sent.number}"
    assert (name, media_type) == (f"{sent.number}.pdf", "application/pdf")
    for expected in (sent.number, "20 Nov 2026", "450.00", "773.50", "Packed on pallets."):
        assert expected in text.replace("\N{NO-BREAK SPACE}", " ")
    with pytest.raises(services.QuoteNotDraft):
        services.change_quote(sent.pk, offered=offered, version=0, at=now, actor=actor)


def test_the_document_of_a_sent_quote_is_kept(sent, now, monkeypatch):
    first = services.quote_pdf(sent.pk, at=now)
    monkeypatch.setattr("orders.services.quote_papers.draw_quote", None)

    again = services.quote_pdf(sent.pk, at=now + timedelta(days=3))

    assert again == first
    assert files.read(again).startswith(b"%PDF")


def test_is_not_sent_when_nobody_could_order_it(quote, products, now, actor):
    Product.objects.filter(pk=products[0].pk).update(status="discontinued")

    with pytest.raises(services.QuoteInvalid, match="discontinued") as refusal:
        services.send_quote(quote.pk, at=now, actor=actor)

    assert refusal.value.findings[0][1] == "lines.0.sku"
    assert Quote.objects.get().state == "draft"


def test_is_not_sent_to_nobody(quote, now, actor):
    type(quote.customer).objects.update(email="")

    with pytest.raises(InvalidInput, match="has no e-mail address"):
        services.send_quote(quote.pk, at=now, actor=actor)

    assert Quote.objects.get().state == "draft"


def test_becomes_an_order_at_its_prices_and_terms(quote, products, now, actor):
    fortnight = PaymentTermsFactory.create(code="N14", name="14 days net", net_days=14)
    sent = partly(quote, now, actor, payment_terms_id=fortnight.pk)
    Price.objects.update(amount=Decimal("60.00"))

    order = accept(sent, now, actor, customer_po="4500-9")

    accepted = Quote.objects.get()
    source = f"Quote {sent.number}, revision 1"
    assert (accepted.state, accepted.order) == ("accepted", order)
    assert (order.state, order.customer_po) == ("submitted", "4500-9")
    assert order.payment_terms == fortnight
    assert order.gross_amount == Decimal("773.50")
    assert prices(order) == [
        (Decimal(10), Decimal("45.00"), Decimal("60.00")),
        (Decimal(4), Decimal("50.00"), Decimal("60.00")),
    ]
    assert {line.price_source for line in order.lines.all()} == {source}
    assert not OrderFinding.objects.exists()
    assert [line.accepted for line in sent.lines.order_by("position")] == [Decimal(10), Decimal(4)]


def test_is_accepted_once(sent, now, actor):
    accept(sent, now, actor)

    with pytest.raises(services.QuoteNotOpen, match="is accepted already"):
        accept(sent, now, actor)

    assert Order.objects.count() == 1


def test_a_part_is_taken_where_the_quote_allows_it(quote, now, actor):
    sent = partly(quote, now, actor)
    first, second = sent.lines.order_by("position")

    order = accept(sent, now, actor, quantities={first.pk: Decimal(6), second.pk: Decimal(0)})

    first.refresh_from_db()
    second.refresh_from_db()
    assert prices(order) == [(Decimal(6), Decimal("45.00"), Decimal("50.00"))]
    assert (first.accepted, second.accepted) == (Decimal(6), Decimal(0))


@pytest.mark.parametrize(
    ("wanted", "allows_part", "told"),
    [
        ({0: "6"}, False, "is to be taken as a whole"),
        ({0: "11"}, True, "10 at most"),
        ({0: "-1"}, True, "more than nothing"),
        ({}, True, "Take at least one line"),
    ],
)
def test_refuses_parts_that_cannot_be(quote, now, actor, wanted, allows_part, told):
    if allows_part:
        sent = partly(quote, now, actor)
    else:
        sent = services.send_quote(quote.pk, at=now, actor=actor)
    lines = list(sent.lines.order_by("position"))
    quantities = {lines[place].pk: Decimal(text) for place, text in wanted.items()}

    with pytest.raises(InvalidInput, match=told):
        accept(sent, now, actor, quantities=quantities)

    assert Quote.objects.get().state == "sent"
    assert not Order.objects.exists()


def test_an_order_that_the_rules_refuse_leaves_the_quote_open(sent, products, now, actor):
    Product.objects.filter(pk=products[1].pk).update(status="discontinued")

    with pytest.raises(services.OrderInvalid, match="discontinued"):
        accept(sent, now, actor)

    assert Quote.objects.get().state == "sent"
    assert not Order.objects.exists()


def test_stands_until_the_customers_own_day_is_over(sent, now, actor):
    type(sent.customer).objects.update(time_zone="Pacific/Honolulu")
    last_moment = now.replace(day=21, hour=9, minute=59)  # Friday, 23:59 on Hawaii
    too_late = last_moment + timedelta(minutes=1)

    with pytest.raises(services.QuoteNotOpen, match="was valid until 20 Nov 2026"):
        accept(sent, too_late, actor)
    order = accept(sent, last_moment, actor)

    assert order.lines.count() == 2


def test_is_rejected_with_a_coded_reason(sent, now, actor):
    with pytest.raises(InvalidInput, match="Choose a reason"):
        services.reject_quote(sent.pk, reason="mood", at=now, actor=actor)

    rejected = services.reject_quote(
        sent.pk, reason="price", note="3 % too much", at=now, actor=actor
    )

    assert (rejected.state, rejected.reject_reason, rejected.decided_at) == (
        "rejected",
        "price",
        now,
    )
    with pytest.raises(services.QuoteNotOpen):
        accept(sent, now, actor)


def test_a_revision_replaces_what_was_sent(sent, now, actor):
    new = services.revise_quote(sent.pk, at=now, actor=actor)

    old = Quote.objects.get(pk=sent.pk)
    assert (new.number, new.revision, new.state, new.name) == (
        old.number,
        2,
        "draft",
        f"{old.number}/2",
    )
    assert [line.unit_price for line in new.lines.order_by("position")] == [
        Decimal("45.00"),
        Decimal("50.00"),
    ]
    assert old.state == "replaced"
    with pytest.raises(services.QuoteNotOpen, match="replaced by a newer revision"):
        accept(old, now, actor)
    with pytest.raises(TransitionNotAllowed):
        services.revise_quote(old.pk, at=now, actor=actor)


def test_names_the_revision_in_the_order(sent, now, actor):
    new = services.revise_quote(sent.pk, at=now, actor=actor)
    services.send_quote(new.pk, at=now, actor=actor)

    order = accept(new, now, actor)

    assert {line.price_source for line in order.lines.all()} == {f"Quote {sent.number}, revision 2"}


def test_runs_out_when_the_customers_day_is_over(sent, now, actor):
    type(sent.customer).objects.update(time_zone="Pacific/Honolulu")

    saturday = expire_quotes(date(2026, 11, 21), at=now, actor=actor)
    sunday = expire_quotes(date(2026, 11, 22), at=now, actor=actor)
    again = expire_quotes(date(2026, 11, 22), at=now, actor=actor)

    # Saturday begins in Berlin when it is still Friday on Hawaii.
    assert [saturday, sunday, again] == [{"quotes": 0}, {"quotes": 1}, {"quotes": 0}]
    assert Quote.objects.get().state == "expired"


def test_an_expired_quote_is_revised(sent, now, actor):
    expire_quotes(date(2026, 12, 1), at=now, actor=actor)

    new = services.revise_quote(sent.pk, at=now, actor=actor)

    assert (new.revision, new.valid_until) == (2, date(2026, 12, 18))


def test_many_run_out_in_as_many_statements_as_one(offered, now, actor):
    def expire(count, day):
        for _ in range(count):
            made = services.create_quote(
                customer_id=CustomerFactory.create().pk, offered=offered, at=now, actor=actor
            )
            services.send_quote(made.pk, at=now, actor=actor)
        with CaptureQueriesContext(connection) as counted:
            assert expire_quotes(day, at=now, actor=actor) == {"quotes": count}
        return len(counted)

    sunday = date(2026, 11, 22)
    assert expire(1, sunday) == expire(20, sunday) == 7


def test_tells_the_owner_what_the_customer_decided(quote, now, actor):
    owner = UserFactory.create(email="maya@kestrelflow.example")
    Quote.objects.update(owner=owner)
    sent = services.send_quote(quote.pk, at=now, actor=actor)
    order = accept(sent, now, actor)

    buyer = Actor(kind="api_key", id="7", name="Hollis Water: ERP")
    handlers.tell_quote_decided(QuoteDecided(quote_id=sent.pk, at=now, actor=buyer))
    handlers.tell_quote_decided(
        QuoteDecided(quote_id=sent.pk, at=now, actor=Actor.user(owner))  # knows it
    )

    [message] = mail.outbox
    assert (message.to, message.subject) == (
        ["maya@kestrelflow.example"],
        f"{sent.number}: Accepted",
    )
    assert f"It is now {order.number}" in message.body


def test_accepting_asks_as_much_for_twenty_lines_as_for_two(now, actor):
    def statements(count):
        lines = [NewLine(product.pk, Decimal(2)) for product in ProductFactory.create_batch(count)]
        quote = services.create_quote(
            customer_id=CustomerFactory.create().pk,
            offered=Offered(lines=lines, valid_until=FRIDAY),
            at=now,
            actor=actor,
        )
        services.send_quote(quote.pk, at=now, actor=actor)
        with CaptureQueriesContext(connection) as counted:
            accept(quote, now, actor)
        return len(counted)

    statements(2)  # compiles questions and fills caches
    assert statements(2) == statements(20)


@pytest.fixture
def threshold(db):
    """A discount over 5 % needs approval; the quotes here offer 10 % on a line."""
    return ApprovalRule.objects.create(kind="discount", threshold=Decimal("0.05"))


def test_a_large_discount_is_let_go_by_somebody_else_who_may(quote, threshold, person, now):
    writer, manager = person(roles.FINANCE_MANAGER), person(roles.FINANCE_MANAGER)
    Quote.objects.update(owner=writer)

    for nobody in (Actor.user(writer), Actor.user(person(roles.SALES_REP))):
        with pytest.raises(services.OfferNeedsApproval, match="A discount of 10"):
            services.send_quote(quote.pk, at=now, actor=nobody)
        assert Quote.objects.get().state == "draft"
    services.send_quote(quote.pk, at=now, actor=Actor.user(manager))

    assert Quote.objects.get().state == "sent"


def test_an_order_of_it_is_not_asked_about_the_discount_again(sent, now, actor):
    ApprovalRule.objects.create(kind="discount", threshold=Decimal("0.05"))

    assert accept(sent, now, actor).state == "submitted"


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [({}, []), ({"unit_price": Decimal(40)}, ["A discount of 20"]), ({"ordered": 11}, ["A disc"])],
)
def test_a_draft_of_it_asks_only_for_what_the_quote_did_not_cover(
    quote, person, now, changes, reasons
):
    rep, lead = person(roles.SALES_REP), person(roles.FINANCE_MANAGER)
    services.send_quote(quote.pk, at=now, actor=Actor.user(rep))
    ApprovalRule.objects.create(kind="discount", threshold=Decimal("0.05"))
    amount = ApprovalRule.objects.create(kind="amount", currency="EUR", threshold=500)
    order = accept(quote, now, Actor.user(rep))
    services.refuse_approval(order.pk, note="Not this month.", by=lead, at=now)
    amount.is_active = False
    amount.save()
    order.lines.filter(position=1).update(**changes)

    services.submit_order(order.pk, at=now, actor=Actor.user(rep))

    asked = [why for one in order.approvals.filter(state="asked") for why in one.reasons]
    assert [why[: len(told)] for why, told in zip(asked, reasons, strict=True)] == reasons


def test_who_wrote_an_earlier_revision_does_not_let_the_next_one_go(
    offered, threshold, person, now
):
    writer, reviser = person(roles.FINANCE_MANAGER), person(roles.FINANCE_MANAGER)
    third = person(roles.FINANCE_MANAGER)
    first = services.create_quote(
        customer_id=CustomerFactory.create().pk, offered=offered, at=now, actor=Actor.user(writer)
    )
    services.send_quote(first.pk, at=now, actor=Actor.user(third))
    revised = services.revise_quote(first.pk, at=now, actor=Actor.user(reviser))

    for nobody in (writer, reviser):
        with pytest.raises(services.OfferNeedsApproval):
            services.send_quote(revised.pk, at=now, actor=Actor.user(nobody))
    revised.refresh_from_db()
    assert revised.state == "draft"
    assert services.send_quote(revised.pk, at=now, actor=Actor.user(third)).state == "sent"


def test_who_had_a_hand_in_somebody_else_s_offer_does_not_let_it_go(quote, threshold, person, now):
    writer, manager = person(roles.SALES_REP), person(roles.FINANCE_MANAGER)
    Quote.objects.update(owner=writer)
    line = quote.lines.order_by("position").first()
    lower = NewLine(line.product_id, line.quantity, unit_price=Decimal(1))
    offered = Offered(lines=[lower], valid_until=quote.valid_until)
    who = Actor.user(manager)
    services.change_quote(quote.pk, offered=offered, version=quote.version, at=now, actor=who)

    with pytest.raises(services.OfferNeedsApproval):
        services.send_quote(quote.pk, at=now, actor=who)

    assert Quote.objects.get().state == "draft"
