"""What all forms say in the place of Django's own words, where those are hard to read."""

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# Fields of several choices name the wrong one: somebody may have chosen many.
ONE_OF_THE_LIST = {"invalid_choice": _("Choose one of the list.")}
ALL_OF_THE_LIST = {"invalid_choice": _("Choose from the list: “%(value)s” is not there.")}
CHOICES: dict[type[forms.Field], dict[str, Any]] = {
    forms.ChoiceField: ONE_OF_THE_LIST,
    forms.ModelChoiceField: ONE_OF_THE_LIST,
    forms.MultipleChoiceField: ALL_OF_THE_LIST,
    forms.ModelMultipleChoiceField: ALL_OF_THE_LIST,
}
LIMITS = {
    validators.MinValueValidator: _("Enter %(limit_value)s or more."),
    validators.MaxValueValidator: _("Enter %(limit_value)s or less."),
    validators.MinLengthValidator: ngettext_lazy(
        "Enter at least %(limit_value)d character.",
        "Enter at least %(limit_value)d characters.",
        "limit_value",
    ),
    validators.MaxLengthValidator: ngettext_lazy(
        "Enter at most %(limit_value)d character: these are %(show_value)d.",
        "Enter at most %(limit_value)d characters: these are %(show_value)d.",
        "limit_value",
    ),
}
DIGITS: dict[str, Any] = {
    "max_digits": ngettext_lazy(
        "Enter at most %(max)s digit.", "Enter at most %(max)s digits.", "max"
    ),
    "max_decimal_places": ngettext_lazy(
        "Enter at most %(max)s decimal.", "Enter at most %(max)s decimals.", "max"
    ),
    "max_whole_digits": ngettext_lazy(
        "Enter at most %(max)s digit before the decimal mark.",
        "Enter at most %(max)s digits before the decimal mark.",
        "max",
    ),
}


def use_plain_words() -> None:
    """Give Django's fields and validators our words; who names others for a field keeps them."""
    for field, words in CHOICES.items():
        field.default_error_messages = field.default_error_messages | words
    for validator, message in LIMITS.items():
        validator.message = message
    validators.DecimalValidator.messages |= DIGITS
