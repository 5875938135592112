"""Take drawn purchase orders in through the one door, and count what became of them."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.core.management import call_command

from bench.documents.layouts import SEEN, Layout, layouts
from bench.documents.paper import draw
from bench.documents.scoring import HEAD, LINE, Score
from bench.documents.truth import BUYERS, Item, Order, items, order
from catalog.models import Price, PriceList, Product, TaxRule, UnitOfMeasure
from customers.models import Address, Customer, PaymentTerms
from o2c.kernel.actors import Actor
from o2c.kernel.models import Company
from o2c.kernel.text import fold
from orders.intake.judging import Verdict
from orders.intake.services import take_in
from orders.models import IntakeDocument

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
ROBOT = Actor.importer("bench")
SEED = 7
GOODS = 120


@dataclass(kw_only=True)
class Tally:
    """What became of the orders of some layouts."""

    title: str
    orders: int = 0
    # Orders without freight or misprint: those that a perfect reader would pass untouched.
    passable: int = 0
    touchless: int = 0
    wrong: list[str] = field(default_factory=list)
    score: Score = field(default_factory=Score)
    held_back: Counter[str] = field(default_factory=Counter)

    def as_row(self) -> str:
        share = self.touchless / self.passable if self.passable else 0
        return (
            f"| {self.title} | {self.orders} | {self.score.f1():.4f} | {self.score.f1(*HEAD):.4f} "
            f"| {self.score.f1(*LINE):.4f} | {self.touchless} of {self.passable} ({share:.1%}) "
            f"| {len(self.wrong)} ({len(self.wrong) / max(self.orders, 1):.2%}) |"
        )


@dataclass(kw_only=True)
class Report:
    tallies: list[Tally]

    def as_text(self) -> str:
        head = "| layouts | orders | F1, all | F1, head | F1, lines | passed untouched | wrong |"
        rule = "|---|---:|---:|---:|---:|---:|---:|"
        rows = [tally.as_row() for tally in self.tallies]
        wrong = [f"wrong: {text}" for tally in self.tallies for text in tally.wrong]
        back = [f"{tally.title}: {dict(tally.held_back)}" for tally in self.tallies]
        return "\n".join([head, rule, *rows, "", *wrong, *back, ""])

    def as_data(self) -> dict[str, Any]:
        return {
            tally.title: {
                "orders": tally.orders,
                "passable": tally.passable,
                "touchless": tally.touchless,
                "wrong": tally.wrong,
                "f1": tally.score.f1(),
                "held_back": dict(tally.held_back),
            }
            for tally in self.tallies
        }


def run(*, of_each: int) -> Report:
    """Measure `of_each` orders in each layout; the same seed, the same orders."""
    call_command("migrate", verbosity=0)
    chance = random.Random(SEED)  # noqa: S311  the same orders each time, no secret
    goods = items(GOODS, chance=chance)
    _build(goods)
    seen, unseen = Tally(title="seen while writing"), Tally(title="not seen")
    for layout, truth in _orders(of_each, goods, chance):
        _measure(layout, truth, seen if layout.number < SEEN else unseen)
    return Report(tallies=[seen, unseen])


def _orders(
    of_each: int, goods: list[Item], chance: random.Random
) -> Iterator[tuple[Layout, Order]]:
    number = 1000
    by_language = {buyer.language: buyer for buyer in BUYERS}
    for layout in layouts():
        for _count in range(of_each):
            number += 1
            buyer = by_language[layout.language]
            yield (
                layout,
                order(number, buyer=buyer, goods=goods, most=layout.most_lines, chance=chance),
            )


def _measure(layout: Layout, truth: Order, tally: Tally) -> None:
    name = f"{layout.number}-{truth.po_number}.pdf".replace("/", "-")
    content = draw(truth, layout)
    (result,) = take_in(name, content, commit=True, at=AT, actor=ROBOT)
    assert result.document_id is not None  # it was to be kept
    document = IntakeDocument.objects.get(pk=result.document_id)
    faults = len(tally.score.faults)
    is_right = tally.score.take(truth, document.content | {"customer": result.customer})
    is_passable = not (truth.freight or truth.misprint)
    tally.orders += 1
    tally.passable += is_passable
    if result.status == Verdict.ACCEPTED:
        tally.touchless += is_passable
        if not (is_right and is_passable):
            tally.wrong.append(f"{name}: {tally.score.faults[faults:]}")
    elif is_passable:
        tally.held_back.update({f"{found.rule}" for found in result.findings})


def _build(goods: list[Item]) -> None:
    """Make the house that the buyers buy from, at the prices that they write."""
    piece = UnitOfMeasure.objects.create(code="C62", name="piece")
    terms = PaymentTerms.objects.create(code="N30", name="30 days net", net_days=30)
    Company.objects.create(
        code="KES",
        name="Kestrel Flow Components",
        street="1 Kestrel Way",
        postal_code="BS1 5TY",
        city="Bristol",
        country="GB",
        currency="EUR",
        time_zone="UTC",
        email="orders@kestrel.example",
    )
    _add_buyers(terms)
    TaxRule.objects.get_or_create(
        country="GB", region="", category="S", defaults={"rate": Decimal("0.19")}
    )
    _add_products(goods, piece)


def _add_buyers(terms: PaymentTerms) -> None:
    for buyer in BUYERS:
        customer = Customer.objects.create(
            number=buyer.number,
            name=buyer.name,
            folded_name=fold(buyer.name),
            vat_number=buyer.vat,
            email=buyer.email,
            currency=buyer.currency,
            language=buyer.language,
            payment_terms=terms,
            created_at=AT,
        )
        for kind in Address.Kind.values:
            Address.objects.create(
                customer=customer,
                kind=kind,
                street=buyer.street,
                city=buyer.place,
                country="GB",
                is_default=True,
            )


def _add_products(goods: list[Item], piece: UnitOfMeasure) -> None:
    products = Product.objects.bulk_create(
        Product(
            sku=item.sku,
            name=item.name,
            folded_text=fold(f"{item.sku} {item.name}"),
            unit=piece,
            created_at=AT,
        )
        for item in goods
    )
    for currency in ("EUR", "USD"):
        prices = PriceList.objects.create(code=currency, name=currency, currency=currency)
        Price.objects.bulk_create(
            Price(price_list=prices, product=product, amount=item.price)
            for product, item in zip(products, goods, strict=True)
        )
