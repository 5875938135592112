"""Money: one rounding rule, tax once per rate on the document."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c.kernel.errors import InvalidInput
from o2c.kernel.money import Taxable, check_currency, minor_unit, round_money, totals


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("2.675", "EUR", "2.68"),
        ("2.665", "EUR", "2.67"),
        ("-2.675", "EUR", "-2.68"),
        ("99.5", "JPY", "100"),
        ("1.0005", "BHD", "1.001"),
    ],
)
def test_rounds_half_up_to_the_minor_unit(amount, currency, expected):
    assert round_money(Decimal(amount), currency) == Decimal(expected)


@pytest.mark.parametrize("code", ["", "EUE", "eur", "EURO", "EU\x00"])
def test_refuses_what_is_no_currency(code):
    check_currency("EUR")

    with pytest.raises(InvalidInput, match="is no currency of ISO 4217") as refused:
        check_currency(code)

    assert refused.value.field == "currency"


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XDR", "XSU", "XUA"])
def test_refuses_metals_units_of_account_and_test_codes(code):
    with pytest.raises(InvalidInput, match=f"“{code}” is no currency of ISO 4217"):
        check_currency(code)


@pytest.mark.parametrize("code", ["XAF", "XOF", "XPF", "XCD", "XCG"])
def test_knows_the_money_of_several_countries(code):
    check_currency(code)


def test_knows_the_minor_units():
    assert [minor_unit(code) for code in ("EUR", "JPY", "BHD")] == [
        Decimal("0.01"),
        Decimal(1),
        Decimal("0.001"),
    ]


@pytest.mark.parametrize(
    ("count", "price", "rate", "tax"),
    [
        (37, "9.99", "0.21", "77.62"),  # per line it would be 77.70
        (7, "0.15", "0.19", "0.20"),  # per line it would be 0.21
    ],
)
def test_taxes_the_document_not_the_line(count, price, rate, tax):
    line = Taxable(net_amount=Decimal(price), category="S", rate=Decimal(rate))

    assert totals([line] * count, "EUR").tax_amount == Decimal(tax)


def test_taxes_each_rate_once():
    lines = [
        Taxable(net_amount=Decimal("100.00"), category="S", rate=Decimal("0.19")),
        Taxable(net_amount=Decimal("50.00"), category="S", rate=Decimal("0.07")),
        Taxable(net_amount=Decimal("30.00"), category="AE", rate=Decimal(0)),
        Taxable(net_amount=Decimal("0.10"), category="S", rate=Decimal("0.07")),
    ]

    result = totals(lines, "EUR")

    assert [(tax.category, tax.rate, tax.base_amount, tax.tax_amount) for tax in result.taxes] == [
        ("AE", Decimal(0), Decimal("30.00"), Decimal("0.00")),
        ("S", Decimal("0.07"), Decimal("50.10"), Decimal("3.51")),
        ("S", Decimal("0.19"), Decimal("100.00"), Decimal("19.00")),
    ]
    assert (result.net_amount, result.gross_amount) == (Decimal("180.10"), Decimal("202.61"))


@given(
    st.lists(
        st.tuples(
            st.decimals("0", "99999", places=2),
            st.sampled_from([Decimal("0.19"), Decimal("0.07"), Decimal(0)]),
        ),
        max_size=30,
    )
)
def test_gross_is_net_plus_tax(lines):
    result = totals(
        [Taxable(net_amount=net, category="S", rate=rate) for net, rate in lines], "EUR"
    )

    assert result.gross_amount == result.net_amount + sum(tax.tax_amount for tax in result.taxes)
    assert result.net_amount == sum(net for net, _ in lines)
