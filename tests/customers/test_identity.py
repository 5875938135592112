"""Who a customer is in law: numbers that cannot exist are refused at their field."""

import pytest

from customers import identity, postal
from o2c.kernel.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("de 136 695 976", "", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("FR 40 303265045", "", "FR40303265045"),
        ("XI110305878", "", "XI110305878"),
        ("GB 980 7806 84", "", "GB980780684"),
        ("CHE-107.787.577 IVA", "", "CHE107787577IVA"),
        ("12-3456789", "US", "123456789"),
        ("", "DE", ""),
    ],
)
def test_writes_a_vat_number_in_one_way(text, country, expected):
    assert identity.vat_number(text, country=country) == expected


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("DE136695977", ""),
        ("136695977", "DE"),
        ("GB980780685", ""),
        ("hello world!", ""),
        ("ABC", ""),
    ],
)
def test_refuses_a_vat_number_that_cannot_exist(text, country):
    with pytest.raises(InvalidInput, match="is no VAT number") as refusal:
        identity.vat_number(text, country=country)

    assert refusal.value.field == "vat_number"


@pytest.mark.parametrize(
    ("check", "text", "expected"),
    [
        (identity.eori, "de 4711-0815", "DE47110815"),
        (identity.eori, "XI123456789000", "XI123456789000"),
        (identity.eori, "", ""),
        (identity.gln, "40 12345 00000 9", "4012345000009"),
        (identity.gln, "", ""),
        (identity.registration_number, "  HRB   12345 ", "HRB 12345"),
    ],
)
def test_writes_other_numbers_in_one_way(check, text, expected):
    assert check(text) == expected


@pytest.mark.parametrize(
    ("check", "text", "field"),
    [
        (identity.eori, "US123", "eori"),
        (identity.eori, "DE", "eori"),
        (identity.eori, "DE1234567890123456", "eori"),
        (identity.gln, "4012345000000", "gln"),
        (identity.gln, "401234500000", "gln"),
        (identity.gln, "00012345600012", "gln"),
        (identity.registration_number, "x" * 41, "registration_number"),
    ],
)
def test_refuses_other_numbers_that_cannot_exist(check, text, field):
    with pytest.raises(InvalidInput) as refusal:
        check(text)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("code", "country", "expected"),
    [
        ("20457", "DE", "20457"),
        ("d-20457", "DE", "20457"),
        ("SE-958 22", "SE", "958 22"),
        ("sw1a 1aa", "GB", "SW1A 1AA"),
        ("90210-1234", "US", "90210-1234"),
        ("anything", "HK", "ANYTHING"),
        ("", "DE", ""),
    ],
)
def test_writes_a_postal_code_as_its_country_does(code, country, expected):
    assert postal.postal_code(code, country=country) == expected


@pytest.mark.parametrize(("code", "country"), [("2045", "DE"), ("ABC", "US"), ("20457", "NL")])
def test_refuses_a_postal_code_of_another_form(code, country):
    with pytest.raises(InvalidInput, match="no postal code") as refusal:
        postal.postal_code(code, country=country)

    assert refusal.value.field == "postal_code"


@pytest.mark.parametrize("code", ["UK", "Germany", "EU", "", "12"])
def test_refuses_what_is_no_country(code):
    with pytest.raises(InvalidInput, match="two letters"):
        postal.country(code)
