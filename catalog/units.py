"""Units: what people write for them, and quantities of packs in the product's own unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from catalog.models import Product, ProductUnit
from o2c.kernel.errors import InvalidInput
from o2c.kernel.text import fold

# UN/ECE Recommendation 20 (units) and 21 (packages, here without their leading X) with what
# people write for them. C62, H87 and EA all count single things.
WORDS = {
    "C62": "one unit u pc pcs pce piece pieces ea each st stk stuck h87 pz szt un"
    " unit units stck stuks ud uds unite unites unidad unidades nar",
    "PR": "pair pairs paar paare",
    "SET": "set sets satz",
    "DZN": "dozen dz doz dtz dutzend",
    "KGM": "kg kilo kilos kilogram kilograms kilogramm",
    "GRM": "g gr gram grams gramm",
    "TNE": "t to ton tons tonne tonnes",
    "LBR": "lb lbs pound pounds",
    "YRD": "yd yard yards",
    "GLL": "ga gallon gallons",
    "MTR": "m mr metre metres meter meters lfm",
    "CMT": "cm",
    "MMT": "mm",
    "FOT": "ft foot feet",
    "INH": "in inch inches zoll",
    "MTK": "m2 m² qm sqm",
    "MTQ": "m3 m³ cbm",
    "LTR": "l lt litre litres liter liters",
    "HUR": "h hour hours std stunde stunden",
    "CT": "carton cartons ctn karton kartons xct",
    "CS": "case cases ca xcs",
    "BX": "box boxes kiste xbx schachtel",
    "PK": "pack packs package packages paket pkg xpk",
    "BG": "bag bags sack beutel xbg",
    "PX": "pallet pallets palette paletten pal plt xpx pf",
    "RO": "roll rolls rolle rollen xro rl",
    "CX": "can cans dose dosen xcx",
    "DR": "drum drums fass xdr",
}
CODES = {word: code for code, words in WORDS.items() for word in (fold(code), *words.split())}
SINGLE = "C62"
STEP = Decimal("0.001")
# No quantity is as large as that.
LIMIT = Decimal(10) ** 12

Packs = Mapping[str, Decimal]


class UnknownUnit(InvalidInput):
    """A product is not sold in this unit."""

    code = "unit"


def code_of(text: str) -> str:
    """Return the code of a unit as somebody writes it; what is unknown comes back in capitals."""
    return CODES.get(fold(text).rstrip("."), text.strip().upper())


def packs_of(product_ids: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """Return products' pack units as product -> code -> units in a pack, in one statement."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = ProductUnit.objects.filter(product__in=set(product_ids))
    for product_id, code, factor in rows.values_list("product_id", "unit_id", "factor"):
        found[product_id][code] = factor
    return found


def factor_of(product: Product, unit: str, *, packs: Packs) -> Decimal | None:
    """Return how many of the product's own unit one such unit holds; None: not sold in it."""
    code = code_of(unit)
    if not unit or code == code_of(product.unit_id):
        return Decimal(1)
    return next((factor for known, factor in packs.items() if code_of(known) == code), None)


def in_base(
    product: Product, quantity: Decimal, unit: str, *, packs: Packs | None = None
) -> Decimal:
    """Return a quantity in the product's own unit, exactly: 2 cartons of 12 are 24 pieces.

    `unit` is a code or a common word, empty for the product's own; `packs` are those of
    `packs_of`, asked for when they are not given.

    Raises:
        UnknownUnit: the product is not sold in this unit.
        InvalidInput: the result has more than three decimals.
    """
    if packs is None:
        packs = packs_of([product.pk]).get(product.pk, {})
    factor = factor_of(product, unit, packs=packs)
    if factor is None:
        raise UnknownUnit(
            _("We sell %(sku)s by “%(ours)s”, not by “%(theirs)s”.")
            % {"sku": product.sku, "ours": product.unit_id, "theirs": unit[:20]},
            field="unit",
        )
    converted = quantity * factor
    if converted % STEP:
        raise InvalidInput(_("A quantity has three decimals at most."), field="quantity")
    return converted


def is_part(quantity: Decimal) -> bool:
    """Say whether it has decimals; what is larger than any quantity is judged elsewhere."""
    return quantity.is_finite() and abs(quantity) < LIMIT and bool(quantity % 1)


def broken_pieces(wanted: Iterable[tuple[int, Decimal]]) -> dict[int, str]:
    """Return what to say of the products that come in whole units only, by key, where a part of
    one is wanted: pairs of a product's key and a quantity.

    No statement is made when all quantities are whole.
    """
    broken = {key for key, quantity in wanted if is_part(quantity)}
    if not broken:
        return {}
    whole = Product.objects.filter(pk__in=broken, unit__is_divisible=False)
    return {
        key: _("%(sku)s comes in whole units (%(unit)s): enter a whole number.")
        % {"sku": sku, "unit": unit}
        for key, sku, unit in whole.values_list("pk", "sku", "unit__name")
    }


def ensure_whole(product_id: int, quantity: Decimal, *, field: str) -> None:
    """Refuse a part of what comes in whole units only.

    Raises:
        InvalidInput: it is one.
    """
    for message in broken_pieces([(product_id, quantity)]).values():
        raise InvalidInput(message, field=field)
