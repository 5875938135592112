"""A form shows money as people type it, and refusals where they belong."""

from decimal import Decimal

import pytest
from django import forms
from django.test import RequestFactory

from o2c.kernel.errors import DomainError, InvalidInput
from o2c.kernel.forms import AmountField, CurrencyField, add_refusal
from o2c.kernel.requests import number_of, page_of, status_of


class PayForm(forms.Form):
    amount = AmountField()


class CurrencyForm(forms.Form):
    currency = CurrencyField()
    other = CurrencyField(required=False)


class NoteForm(forms.Form):
    note = forms.CharField()


def test_reads_a_currency_in_small_letters_too():
    form = CurrencyForm({"currency": " usd ", "other": ""})

    assert form.is_valid()
    assert form.cleaned_data == {"currency": "USD", "other": ""}


@pytest.mark.parametrize("typed", ["EUE", "EURO", "E", "1", "€"])
def test_says_that_there_is_no_such_currency(typed):
    form = CurrencyForm({"currency": typed})

    words = f"“{typed}” is no currency of ISO 4217."
    assert form.errors == {"currency": [words]}


def test_says_that_a_currency_is_required():
    assert CurrencyForm({}).errors == {"currency": ["This field is required."]}


@pytest.mark.parametrize(
    ("typed", "amount"), [("1,234.50", "1234.50"), (" 7 ", "7"), ("-0.125", "-0.125")]
)
def test_reads_an_amount_as_people_type_it(typed, amount):
    form = PayForm({"amount": typed})

    assert form.is_valid()
    assert form.cleaned_data == {"amount": Decimal(amount)}


@pytest.mark.parametrize(
    ("field", "names", "shown"),
    [
        ("amount", {}, [{"amount": ["No."]}, {}]),
        ("note", {}, [{}, {"note": ["No."]}]),
        ("lines.2", {"lines.2": "note"}, [{}, {"note": ["No."]}]),
        ("elsewhere", {}, [{"__all__": ["No."]}, {}]),
        ("", {}, [{"__all__": ["No."]}, {}]),
    ],
)
def test_shows_a_refusal_at_its_field_or_above_the_first_form(field, names, shown):
    pay, note = PayForm({"amount": "1"}), NoteForm({"note": "x"})

    add_refusal(DomainError("No.", field=field), pay, note, names=names)

    assert [pay.errors, note.errors] == shown


@pytest.mark.parametrize(
    ("text", "number"),
    [("17", 17), ("", None), (None, None), ("-1", None), ("1.5", None), ("9" * 19, None)],
)
def test_reads_a_key_or_takes_it_as_not_given(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(("asked", "page"), [("", 0), ("page=3", 3), ("page=x", 0)])
def test_counts_pages_from_the_first(asked, page):
    assert page_of(RequestFactory().get(f"/?{asked}")) == page


def test_goes_no_further_than_any_list():
    assert page_of(RequestFactory().get("/?page=123456789")) == 9_999


def test_tells_wrong_input_from_a_rule():
    assert [status_of(InvalidInput("No.")), status_of(DomainError("No."))] == [422, 409]
