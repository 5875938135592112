"""Goods of a quote are kept back while it can be accepted, and go to the order that it becomes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from fulfillment import services
from fulfillment.models import Reservation
from fulfillment.promises import promises
from o2c.kernel import clock
from orders import services as orders
from orders.models import Order, Quote
from orders.services import NewLine, Offered, QuoteNotOpen
from orders.services.quote_decisions import expire_quotes
from tests.factories import NOW, ProductFactory, StockLevelFactory
from tests.race import in_line

UNTIL = date(2026, 12, 4)


@pytest.fixture(autouse=True)
def nine_o_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def write(customer, now, actor):
    """Write a quote of `{product: quantity}` and send it."""

    def write(wanted, *, until=UNTIL, allows_part=False):
        offered = Offered(
            lines=[NewLine(item.pk, Decimal(count)) for item, count in wanted.items()],
            valid_until=until,
            allows_part=allows_part,
        )
        draft = orders.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)
        return orders.send_quote(draft.pk, at=now, actor=actor)

    return write


@pytest.fixture
def keep(now, actor):
    return lambda quote: services.keep_for_quote(quote.pk, at=now, actor=actor)


@pytest.fixture
def accept(now, actor):
    """Make an order of a quote, of all of it or of these quantities."""

    def accept(quote, quantities=None):
        return orders.accept_quote(
            quote.pk, requested_on=now.date(), quantities=quantities, at=now, actor=actor
        )

    return accept


def kept():
    rows = Reservation.objects.order_by("pk")
    return list(rows.values_list("holder", "quantity", "state"))


def free(product, *, at=NOW):
    return promises([product.pk], at=at)[product.pk].on(at.date())


def test_keeps_what_is_free_until_the_quote_s_last_day_is_over(
    write, keep, customer, product, stock
):
    customer.time_zone = "Europe/Berlin"
    customer.save()
    quote = write({product: 120})

    assert keep(quote) == {product.pk: 100}

    assert kept() == [(f"quote:{quote.pk}", 100, "live")]
    # The last day ends where the customer is: in Berlin an hour before London.
    assert Reservation.objects.get().expires_at == datetime(2026, 12, 4, 23, tzinfo=UTC)
    assert free(product) == 0


def test_keeps_no_longer_than_sixty_days(write, keep, product, stock):
    keep(write({product: 5}, until=date(2027, 3, 1)))

    assert Reservation.objects.get().expires_at == NOW + timedelta(days=60)


def test_keeps_nothing_of_a_quote_that_cannot_be_accepted(
    write, keep, product, stock, customer, now, actor
):
    offered = Offered(lines=[NewLine(product.pk, Decimal(5))], valid_until=UNTIL)
    draft = orders.create_quote(customer_id=customer.pk, offered=offered, at=now, actor=actor)
    rejected = write({product: 5})
    orders.reject_quote(rejected.pk, reason="price", at=now, actor=actor)

    for quote in (draft, rejected):
        with pytest.raises(QuoteNotOpen):
            keep(quote)

    assert kept() == []


def test_others_leave_it_and_the_quote_s_own_order_gets_it(
    write, keep, accept, place, make_customer, product, stock, books
):
    quote = write({product: 70})
    keep(quote)
    other = place({product: 50}, by=make_customer()).lines.get()

    order = accept(quote)

    own = Order.objects.get(pk=order.pk).lines.get()
    assert (other.allocated, other.backordered) == (30, 20)
    assert (own.allocated, own.backordered) == (70, 0)
    assert kept() == [(f"quote:{quote.pk}", 70, "consumed")]
    assert books() == []


def test_what_the_customer_does_not_take_is_free_again(write, keep, accept, product, stock, books):
    quote = write({product: 70}, allows_part=True)
    keep(quote)
    taken = {quote.lines.get().pk: Decimal(20)}

    accept(quote, taken)

    assert free(product) == 80
    assert kept() == [(f"quote:{quote.pk}", 70, "consumed")]
    assert books() == []


def test_an_order_that_cannot_be_placed_leaves_it_kept(write, keep, accept, product, stock):
    quote = write({product: 70})
    keep(quote)
    product.status = "discontinued"
    product.save()

    with pytest.raises(orders.OrderInvalid):
        accept(quote)

    assert kept() == [(f"quote:{quote.pk}", 70, "live")]
    assert Quote.objects.get().state == "sent"


def test_a_rejected_or_replaced_quote_keeps_nothing(write, keep, product, stock, now, actor):
    rejected, replaced = write({product: 30}), write({product: 40})
    keep(rejected)
    keep(replaced)

    orders.reject_quote(rejected.pk, reason="price", at=now, actor=actor)
    orders.revise_quote(replaced.pk, at=now, actor=actor)

    assert free(product) == 100
    assert [state for _holder, _quantity, state in kept()] == ["withdrawn", "withdrawn"]


def test_a_quote_that_has_run_out_keeps_nothing(write, keep, product, stock, actor):
    quote = write({product: 30})
    keep(quote)
    morning = datetime(2026, 12, 6, 6, tzinfo=UTC)

    expire_quotes(morning.date(), at=morning, actor=actor)

    assert free(product, at=morning) == 100
    assert Quote.objects.get(pk=quote.pk).state == "expired"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("ordered", "kinds"), [(tuple, [dict, Order]), (reversed, [Order, QuoteNotOpen])]
)
def test_is_kept_or_accepted_never_kept_for_what_was_accepted(
    write, keep, accept, product, stock, books, ordered, kinds
):
    quote = write({product: 70})
    keep(quote)

    results = in_line(*ordered((lambda: keep(quote), lambda: accept(quote))))

    assert [type(result) for result in results] == kinds
    assert not Reservation.objects.filter(state="live").exists()
    assert Order.objects.get().lines.get().allocated == 70
    assert books() == []


def address(name, quote):
    return reverse(f"fulfillment:{name}", args=[quote.pk])


def test_the_panel_says_what_is_free_and_what_is_kept(
    write, keep, sales_rep, product, stock, make_customer, place
):
    place({product: 90}, by=make_customer())
    quote = write({product: 24})

    before = " ".join(sales_rep.get(address("quote-stock", quote)).content.decode().split())
    done = sales_rep.post(address("keep-quote", quote))
    after = " ".join(sales_rep.get(address("quote-stock", quote)).content.decode().split())
    gone = sales_rep.post(address("let-quote-go", quote))

    assert "24 pcs" in before
    assert "10 now" in before
    assert "Nothing is kept back" in before
    assert done.url == gone.url == reverse("orders:quote", args=[quote.number])
    assert "Kept back until" in after
    assert kept() == [(f"quote:{quote.pk}", 10, "withdrawn")]


@pytest.mark.parametrize("name", ["keep-quote", "let-quote-go"])
def test_who_may_not_enter_quotes_changes_nothing(write, keep, auditor, product, stock, name):
    quote = write({product: 24})
    keep(quote)

    assert auditor.post(address(name, quote)).status_code == 403
    assert kept() == [(f"quote:{quote.pk}", 24, "live")]


def test_a_refusal_is_told_on_the_quote_s_page(write, sales_rep, product, stock, now, actor):
    quote = write({product: 24})
    orders.reject_quote(quote.pk, reason="price", at=now, actor=actor)

    page = sales_rep.post(address("keep-quote", quote), follow=True)

    assert "there is nothing left to decide" in page.content.decode()
    assert kept() == []


@pytest.mark.parametrize("name", ["quote-stock", "keep-quote", "let-quote-go"])
def test_there_is_no_such_quote(sales_rep, name):
    target = reverse(f"fulfillment:{name}", args=[4711])

    answer = sales_rep.get(target) if name == "quote-stock" else sales_rep.post(target)

    assert answer.status_code == 404


def test_takes_as_many_statements_for_20_lines_as_for_1(write, keep, sales_rep, statements, actor):
    def of(count):
        products = ProductFactory.create_batch(count)
        for product in products:
            StockLevelFactory.create(product=product)
        return write(dict.fromkeys(products, 5))

    quotes = of(1), of(20)
    sales_rep.get(address("quote-stock", quotes[0]))

    few, many = (
        (
            statements(lambda quote=quote: sales_rep.get(address("quote-stock", quote))),
            statements(lambda quote=quote: keep(quote)),
            statements(lambda quote=quote: sales_rep.get(address("quote-stock", quote))),
            statements(lambda quote=quote: services.let_quote_go(quote.pk, at=NOW, actor=actor)),
        )
        for quote in quotes
    )

    assert few == many
