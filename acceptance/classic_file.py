"""What the classicmodels dump says, row by row, as typed facts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from acceptance.dump import Row

# Where an order stands in the file.
SHIPPED, RESOLVED, DISPUTED = "Shipped", "Resolved", "Disputed"
ON_HOLD, CANCELLED, IN_PROCESS = "On Hold", "Cancelled", "In Process"
GONE = (SHIPPED, RESOLVED, DISPUTED)


@dataclass(frozen=True, kw_only=True)
class Debtor:
    """A customer with its credit limit in US dollars; `rep` is an employee's number."""

    number: str
    name: str
    contact: str
    phone: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    rep: str
    limit: Decimal


@dataclass(frozen=True, kw_only=True)
class Article:
    sku: str
    name: str
    group: str
    stock: Decimal
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """An order line at its agreed price."""

    sku: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Sale:
    """An order and where it stands; `shipped_on` is given for all that are gone."""

    number: str
    customer: str
    ordered_on: date
    required_on: date
    shipped_on: date | None
    status: str
    comment: str
    lines: list[Wanted]


@dataclass(frozen=True, kw_only=True)
class Cheque:
    number: str
    customer: str
    paid_on: date
    amount: Decimal


@dataclass(frozen=True, kw_only=True)
class Employee:
    number: str
    first_name: str
    last_name: str
    email: str
    title: str


@dataclass
class ClassicFile:
    """The dump's tables, and the facts that they hold."""

    tables: dict[str, list[Row]]
    _lines: dict[str, list[Row]] = field(init=False)

    def __post_init__(self) -> None:
        self._lines = defaultdict(list)
        for row in self.tables["orderdetails"]:
            self._lines[_text(row, "orderNumber")].append(row)

    @cached_property
    def debtors(self) -> list[Debtor]:
        return [
            Debtor(
                number=_text(row, "customerNumber"),
                name=_text(row, "customerName"),
                contact=f"{_text(row, 'contactFirstName')} {_text(row, 'contactLastName')}",
                phone=_text(row, "phone"),
                street=", ".join(part for n in "12" if (part := _text(row, f"addressLine{n}"))),
                city=_text(row, "city"),
                region=_text(row, "state"),
                postal_code=_text(row, "postalCode"),
                country=_text(row, "country"),
                rep=_text(row, "salesRepEmployeeNumber"),
                limit=Decimal(_text(row, "creditLimit")),
            )
            for row in self.tables["customers"]
        ]

    @cached_property
    def employees(self) -> list[Employee]:
        return [
            Employee(
                number=_text(row, "employeeNumber"),
                first_name=_text(row, "firstName"),
                last_name=_text(row, "lastName"),
                email=_text(row, "email"),
                title=_text(row, "jobTitle"),
            )
            for row in self.tables["employees"]
        ]

    @cached_property
    def articles(self) -> list[Article]:
        return [
            Article(
                sku=_text(row, "productCode"),
                name=_text(row, "productName"),
                group=_text(row, "productLine"),
                stock=Decimal(_text(row, "quantityInStock")),
                price=Decimal(_text(row, "MSRP")),
            )
            for row in self.tables["products"]
        ]

    @cached_property
    def sales(self) -> list[Sale]:
        return [
            Sale(
                number=_text(row, "orderNumber"),
                customer=_text(row, "customerNumber"),
                ordered_on=date.fromisoformat(_text(row, "orderDate")),
                required_on=date.fromisoformat(_text(row, "requiredDate")),
                shipped_on=_date(row, "shippedDate"),
                status=_text(row, "status"),
                comment=_text(row, "comments"),
                lines=self._lines_of(_text(row, "orderNumber")),
            )
            for row in self.tables["orders"]
        ]

    @cached_property
    def cheques(self) -> list[Cheque]:
        return [
            Cheque(
                number=_text(row, "checkNumber"),
                customer=_text(row, "customerNumber"),
                paid_on=date.fromisoformat(_text(row, "paymentDate")),
                amount=Decimal(_text(row, "amount")),
            )
            for row in self.tables["payments"]
        ]

    def _lines_of(self, order_number: str) -> list[Wanted]:
        rows = sorted(self._lines[order_number], key=lambda row: int(_text(row, "orderLineNumber")))
        return [
            Wanted(
                sku=_text(row, "productCode"),
                quantity=Decimal(_text(row, "quantityOrdered")),
                price=Decimal(_text(row, "priceEach")),
            )
            for row in rows
        ]


def _text(row: Row, column: str) -> str:
    return (row[column] or "").strip()


def _date(row: Row, column: str) -> date | None:
    text = _text(row, column)
    return date.fromisoformat(text) if text else None
