"""Forms say plainly what cannot be taken, wherever they are."""

from decimal import Decimal

import pytest
from django import forms

from customers.models import Customer


class EveryForm(forms.Form):
    at_least = forms.IntegerField(min_value=1, required=False)
    at_most = forms.DecimalField(max_value=Decimal("99.999"), required=False)
    digits = forms.DecimalField(max_digits=5, required=False)
    decimals = forms.DecimalField(max_digits=5, decimal_places=3, required=False)
    text = forms.CharField(min_length=2, max_length=5, required=False)
    kind = forms.ChoiceField(choices=[("a", "A")], required=False)
    kinds = forms.MultipleChoiceField(choices=[("a", "A")], required=False)
    customer = forms.ModelChoiceField(queryset=Customer.objects.all(), required=False)
    own = forms.ChoiceField(choices=[], error_messages={"invalid_choice": "No."}, required=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "entered", "words"),
    [
        ("at_least", "0", "Enter 1 or more."),
        ("at_most", "100", "Enter 99.999 or less."),
        ("digits", "123456", "Enter at most 5 digits."),
        ("decimals", "1.2345", "Enter at most 3 decimals."),
        ("decimals", "123", "Enter at most 2 digits before the decimal mark."),
        ("text", "a", "Enter at least 2 characters."),
        ("text", "abcdef", "Enter at most 5 characters: these are 6."),
        ("kind", "b", "Choose one of the list."),
        ("kinds", ["b"], "Choose from the list: “b” is not there."),
        ("customer", "0", "Choose one of the list."),
        ("own", "b", "No."),
    ],
)
def test_every_form_says_in_plain_words_what_it_does_not_take(field, entered, words):
    assert EveryForm({field: entered}).errors == {field: [words]}
