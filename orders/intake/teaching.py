"""What a person's corrections teach us about a customer's words, until somebody revokes it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog import services as catalog
from catalog.models import Product
from customers.models import Customer
from o2c.kernel import audit
from o2c.kernel.actors import Actor
from o2c.kernel.errors import InvalidInput
from o2c.kernel.locks import lock
from o2c.kernel.transactions import service
from orders.intake.columns import fold
from orders.intake.documents import ReadOrder
from orders.intake.learning import unit_word
from orders.intake.matching import Books
from orders.models import IntakeCorrection, IntakeDocument

WORD_LENGTH = 100
COLUMN, UNIT = IntakeCorrection.Kind.COLUMN, IntakeCorrection.Kind.UNIT
# What a word of a customer's sheet may mean.
MEANINGS = (
    *("sku", "customer_part", "description", "quantity", "unit", "unit_price", "amount"),
    *("discount", "requested_on", "po_number", "ordered_on", "ship_to", "currency", "note"),
)


def learn(
    document: IntakeDocument,
    corrected: ReadOrder,
    books: Books,
    customer: Customer,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    """Remember the part numbers and units that a person has put right.

    A number that names a product of ours is never given another meaning.
    """
    theirs = document.content.get("lines", [])
    unknown = _fields_of(document, "unknown_product")
    for line in corrected.lines:
        place = line.row - 1
        product = books.product(line, customer)
        if product is None or place >= len(theirs):
            continue
        number = str(theirs[place].get("sku", "")).strip()
        if f"lines.{place}.sku" in unknown and fold(number) not in ("", fold(line.sku)):
            catalog.remember_part_number(
                customer.pk, number=number, product_id=product.pk, at=at, actor=actor
            )
        _learn_unit(document, theirs[place], line.factor, product, customer, at=at, actor=actor)


@service
def teach_word(
    document_id: int, *, word: str, meaning: str, at: datetime, actor: Actor
) -> IntakeCorrection:
    """Remember what a header or a label of this customer's documents means.

    Raises:
        IntakeDocument.DoesNotExist: no such document.
        InvalidInput: the document has no known customer, or word or meaning is missing.
    """
    document = lock(IntakeDocument, document_id)
    word = " ".join(word.split())
    if document.customer_id is None:
        raise InvalidInput(_("Nobody knows yet whose document this is."), field="word")
    if not fold(word) or len(word) > WORD_LENGTH:
        raise InvalidInput(_("Enter the word as the document writes it."), field="word")
    if meaning not in MEANINGS:
        raise InvalidInput(_("Choose what the word means."), field="meaning")
    return _remember(
        document,
        {"kind": COLUMN, "word": fold(word)[:WORD_LENGTH], "product": None},
        {"shown": word, "meaning": meaning},
        customer_id=document.customer_id,
        at=at,
        actor=actor,
    )


@service
def revoke_correction(correction_id: int, *, at: datetime, actor: Actor) -> IntakeCorrection:
    """Forget what somebody has taught; documents that were read with it stay as they are.

    Raises:
        IntakeCorrection.DoesNotExist: no such correction, or it was revoked already.
    """
    correction = IntakeCorrection.objects.get(pk=correction_id, revoked_at=None)
    correction.revoked_at = at
    touches = [f"customer:{correction.customer_id}"]
    return audit.save(correction, at=at, actor=actor, touches=touches)


def _learn_unit(
    document: IntakeDocument,
    theirs: Mapping[str, Any],
    factor: Decimal | None,
    product: Product,
    customer: Customer,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    word = unit_word(str(theirs.get("unit", "")))
    if not factor or not word:
        return
    _remember(
        document,
        {"kind": UNIT, "word": word[:WORD_LENGTH], "product": product},
        {"shown": str(theirs["unit"])[:WORD_LENGTH], "factor": factor},
        customer_id=customer.pk,
        at=at,
        actor=actor,
    )


def _remember(
    document: IntakeDocument,
    key: dict[str, Any],
    said: dict[str, Any],
    *,
    customer_id: int,
    at: datetime,
    actor: Actor,
) -> IntakeCorrection:
    """Write one correction; the last one to say something about a word is right."""
    touches = [f"customer:{customer_id}", document.label]
    correction, is_new = IntakeCorrection.objects.get_or_create(
        customer_id=customer_id,
        revoked_at=None,
        **key,
        defaults={**said, "document": document, "created_at": at},
    )
    if is_new:
        audit.record(correction.label, "create", at=at, actor=actor, touches=touches)
        return correction
    for name, value in said.items():
        setattr(correction, name, value)
    return audit.save(correction, at=at, actor=actor, touches=touches)


def _fields_of(document: IntakeDocument, rule: str) -> set[str]:
    return {finding["field"] for finding in document.findings if finding["rule"] == rule}
