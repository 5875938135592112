"""What people read for the units' codes."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import ngettext_lazy

from o2c.kernel.ui.figures import Number

# By UN/ECE Recommendation 20, in the singular and the plural; others are printed as they are.
UNIT_SIGNS: dict[str, str | Promise] = {
    "C62": ngettext_lazy("pc", "pcs", "count"),
    "H87": ngettext_lazy("pc", "pcs", "count"),
    "PR": ngettext_lazy("pair", "pairs", "count"),
    "SET": ngettext_lazy("set", "sets", "count"),
    "DZN": ngettext_lazy("dozen", "dozens", "count"),
    "CT": ngettext_lazy("carton", "cartons", "count"),
    "CS": ngettext_lazy("case", "cases", "count"),
    "BX": ngettext_lazy("box", "boxes", "count"),
    "PK": ngettext_lazy("pack", "packs", "count"),
    "BG": ngettext_lazy("bag", "bags", "count"),
    "PX": ngettext_lazy("pallet", "pallets", "count"),
    "RO": ngettext_lazy("roll", "rolls", "count"),
    "KGM": "kg",
    "GRM": "g",
    "MTR": "m",
    "MTK": "m²",
    "LTR": "l",
    "HUR": "h",
}


def sign_of(code: str, quantity: Number | str = 0) -> str:
    """Return what is printed for a unit beside a quantity: `1 pc`, `10 pcs`, `0.5 kg`.

    Without a quantity it is the plural: a column of many.
    """
    sign = UNIT_SIGNS.get(code, code)
    return sign if isinstance(sign, str) else str(sign % {"count": _form_of(quantity)})


def _form_of(quantity: Number | str) -> int:
    """Return a whole number that takes the same form: only one itself is one."""
    return 1 if Decimal(str(quantity)) == 1 else 2
