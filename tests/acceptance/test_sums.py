"""The sums that the books are compared with."""

from decimal import Decimal

from acceptance.sums import Sums, by_file, total

TABLES = {
    "customers": [{"customerNumber": "103"}, {"customerNumber": "112"}],
    "orders": [
        {"orderNumber": "1", "customerNumber": "103", "status": "Shipped"},
        {"orderNumber": "2", "customerNumber": "103", "status": "On Hold"},
    ],
    "orderdetails": [
        {"orderNumber": "1", "quantityOrdered": "3", "priceEach": "55.09"},
        {"orderNumber": "1", "quantityOrdered": "10", "priceEach": "0.10"},
        {"orderNumber": "2", "quantityOrdered": "7", "priceEach": "2.00"},
    ],
    "payments": [{"customerNumber": "103", "amount": "170.00"}],
}


def sums(*amounts):
    names = ("ordered", "invoiced", "paid", "owed")
    return Sums(**{name: Decimal(amount) for name, amount in zip(names, amounts, strict=True)})


def test_bills_what_was_shipped_and_counts_early_money_as_owed_to_them():
    assert by_file(TABLES) == {
        "103": sums("180.27", "166.27", "170.00", "-3.73"),
        "112": sums("0", "0", "0", "0"),
    }


def test_differences_of_two_customers_do_not_cancel_out():
    one, other = sums("10", "10", "0", "10"), sums("12", "8", "0", "10")

    assert total([one.gap_to(other), other.gap_to(one)]) == sums("4", "4", "0", "0")
