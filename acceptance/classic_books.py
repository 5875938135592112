"""The classicmodels wholesaler moves in: customers, products, prices, limits and stock."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from acceptance import house
from acceptance.classic_file import Article, ClassicFile, Debtor
from acceptance.house import IMPORT, House
from catalog import services as catalog
from catalog.models import PriceList, TaxCategory
from credit import services as credit
from customers import services as customers
from customers.models import Contact
from customers.services import Details, Person, Place
from o2c.kernel.actors import Actor
from o2c.kernel.models import User

CURRENCY = "USD"
# A limit is looked at again after three years at the latest; the file's trade lasts less.
VALID_FOR = timedelta(days=1000)


@dataclass
class ClassicBooks:
    """Our keys by the file's numbers. `places` are the stock locations by SKU."""

    house: House
    opened_on: date
    reps: dict[str, User] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    products: dict[str, int] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    rep_of: dict[str, User | None] = field(default_factory=dict)


def move_in(home: House, file: ClassicFile) -> ClassicBooks:
    """Enter the file's master data on the working day before its first order."""
    first = min(sale.ordered_on for sale in file.sales)
    books = ClassicBooks(house=home, opened_on=first - timedelta(days=3))
    for employee in file.employees:
        # Two of them share an address in the file; ours are theirs alone.
        books.reps[employee.number] = User.objects.create_user(
            f"{employee.number}.{employee.email}",
            first_name=employee.first_name,
            last_name=employee.last_name,
            title=employee.title[:80],
        )
    for debtor in file.debtors:
        _enter_debtor(books, debtor)
    prices = PriceList.objects.create(code="MSRP", name="Retail price", currency=CURRENCY)
    for article in file.articles:
        _enter_article(books, article, prices)
    return books


def rep_actor(books: ClassicBooks, customer_number: str) -> Actor:
    """Return who enters this customer's orders."""
    rep = books.rep_of[customer_number]
    return Actor.user(rep) if rep else IMPORT


def _enter_debtor(books: ClassicBooks, debtor: Debtor) -> None:
    at = house.instant(books.opened_on, 8)
    rep = books.reps.get(debtor.rep)
    customer = customers.create_customer(
        details=Details(
            name=debtor.name,
            payment_terms_id=books.house.terms.pk,
            sales_rep_id=rep.pk if rep else None,
        ),
        currency=CURRENCY,
        place=Place(
            street=debtor.street,
            city=debtor.city,
            region=debtor.region,
            postal_code=debtor.postal_code,
            country=house.country_code(debtor.country),
        ),
        at=at,
        actor=IMPORT,
    )
    books.customers[debtor.number], books.rep_of[debtor.number] = customer.pk, rep
    customers.add_contact(
        customer.pk,
        person=Person(role=Contact.Role.PAYABLES.value, name=debtor.contact, phone=debtor.phone),
        at=at,
        actor=IMPORT,
    )
    credit.set_limit(
        customer.pk,
        limit=debtor.limit,
        valid_until=books.opened_on + VALID_FOR,
        reason="The limit in the file.",
        at=at,
        actor=IMPORT,
    )


def _enter_article(books: ClassicBooks, article: Article, prices: PriceList) -> None:
    """Enter a product; the file knows no tax, so it is zero rated."""
    at = house.instant(books.opened_on, 9)
    product = house.add_product(
        article.sku,
        article.name,
        group=article.group,
        tax_category=TaxCategory.ZERO.value,
        at=at,
    )
    catalog.set_price(product.pk, price_list=prices, amount=article.price, at=at, actor=IMPORT)
    place = house.stock_up(books.house, product, article.stock, at=at)
    books.products[article.sku], books.places[product.pk] = product.pk, place.pk
