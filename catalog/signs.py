"""What people read for the units' codes."""

from django.utils.translation import gettext_lazy as _

from o2c.kernel.ui.figures import Text

# By UN/ECE Recommendation 20; others are printed as they are.
UNIT_SIGNS: dict[str, Text] = {
    "C62": _("pcs"),
    "H87": _("pcs"),
    "PR": _("pair"),
    "KGM": "kg",
    "GRM": "g",
    "MTR": "m",
    "MTK": "m²",
    "LTR": "l",
    "HUR": "h",
}


def sign_of(code: str) -> Text:
    """Return what is printed for a unit."""
    return UNIT_SIGNS.get(code, code)
