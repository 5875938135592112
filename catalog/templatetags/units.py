"""Quantities with their unit, on every screen and paper: a built-in library of all templates."""

from django import template

from catalog.signs import sign_of
from o2c.kernel.ui.figures import NO_BREAK, NOTHING, Number, quantity

register = template.Library()


@register.filter
def in_unit(value: Number | None, code: str) -> str:
    """Write a quantity with its unit, by the unit's code: `10 pcs`, `1 pc`."""
    return NOTHING if value is None else f"{quantity(value)}{NO_BREAK}{sign_of(code, value)}"
