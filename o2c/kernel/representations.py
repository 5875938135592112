"""How the REST API writes values: money and quantities as text, nothing unknown taken in."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from operator import attrgetter
from types import MethodType
from typing import Any

from django.db.models.manager import BaseManager
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from o2c.kernel.money import minor_unit

Writer = Callable[[Any], Any]
# What these fields do with a value, without asking them.
PLAIN: dict[type, Writer] = {serializers.CharField: str, serializers.IntegerField: int}


class StrictSerializer(serializers.Serializer[Any]):
    """Takes the fields it declares and refuses all others, so that no typing error passes."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = (
            sorted(str(name) for name in set(data) - set(self.fields)) if _is_object(data) else []
        )
        if unknown:
            message = _("There is no such field. Look at /api/v1/docs/ for the fields.")
            raise serializers.ValidationError(
                {
                    name[:60]: serializers.ErrorDetail(message, "unknown_field")
                    for name in unknown[:20]
                }
            )
        return super().to_internal_value(data)


class Money(serializers.Serializer[Any]):
    """An amount with its currency. The amount is text, so that no parser rounds it."""

    amount = serializers.CharField(help_text="Decimal, with at least the currency's own decimals.")
    currency = serializers.CharField(help_text="ISO 4217.")


@extend_schema_field(Money)
class MoneyField(serializers.Field[Any, Any, Any, Any]):
    """A document's amount in its currency; `currency` is the path to the currency."""

    def __init__(self, name: str, *, currency: str = "currency", **options: Any) -> None:
        self.name = name
        self.currency_path = currency.split(".")
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> dict[str, str] | None:
        amount = getattr(value, self.name)
        currency = value
        for name in self.currency_path:
            currency = getattr(currency, name)
        return None if amount is None else money_of(amount, currency)


class QuantityField(serializers.DecimalField):
    """A quantity of goods, as text without needless zeros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=12, decimal_places=3, **options)

    def to_representation(self, value: Any) -> str:
        return quantity_of(value)


def money_of(amount: Decimal, currency: str) -> dict[str, str]:
    """Return an amount as the API writes it: 1234.50, and 0.0125 where a price is finer."""
    return {"amount": f"{_padded(amount, minor_unit(currency)):f}", "currency": currency}


def quantity_of(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def query_of(request: Request, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """Return the checked parameters of a list.

    Raises:
        ValidationError: a parameter is unknown, or its value cannot be.
    """
    asked = serializer(data=request.query_params.dict())
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def filters_of(query: Mapping[str, Any], **columns: str) -> dict[str, Any]:
    """Return what a list is asked for as filters: `columns` says which column each one is."""
    return {columns[name]: value for name, value in query.items() if name in columns}


def body_of(request: Request, serializer: type[StrictSerializer]) -> dict[str, Any]:
    """Return the checked body of a request.

    Raises:
        ValidationError: the body is not as documented.
    """
    try:
        return dict(_checking(serializer).run_validation(request.data))
    except serializers.ValidationError:
        sent = serializer(data=request.data)  # tells the errors as the framework shapes them
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)


@cache
def _checking(serializer: type[StrictSerializer]) -> StrictSerializer:
    """Build a serializer once: checking a body leaves nothing in it, and building costs more."""
    return serializer()


def written(serializer: type[serializers.Serializer[Any]], row: Any) -> dict[str, Any]:
    """Return what a serializer shows of a row: `serializer(row).data`, without its cost.

    The framework copies every field for every answer; here they are read once.
    """
    shown: dict[str, Any] = _writer_of(serializer)(row)
    return shown


@cache
def _writer_of(serializer: type[serializers.Serializer[Any]]) -> Writer:
    return _writer(serializer())


def _writer(serializer: Any) -> Writer:
    parts = [
        (field.field_name, _reader(field), _converter(field))
        for field in serializer._readable_fields
    ]

    def write(row: Any) -> dict[str, Any]:
        shown = {}
        for name, read, convert in parts:
            value = read(row)
            shown[name] = None if value is None else convert(value)
        return shown

    return write


def _reader(field: Any) -> Writer:
    """Return how a field's value is found; what is no plain attribute the field finds itself."""
    if not field.source_attrs:
        return _itself
    read: Writer = attrgetter(".".join(field.source_attrs))

    def find(row: Any) -> Any:
        try:
            value = read(row)
        except AttributeError:
            return field.get_attribute(row)
        return field.get_attribute(row) if isinstance(value, MethodType) else value

    return find


def _itself(row: Any) -> Any:
    return row


def _converter(field: Any) -> Writer:
    if isinstance(field, serializers.ListSerializer):
        write = _converter(field.child)
        return lambda rows: [write(row) for row in _each(rows)]
    if isinstance(field, serializers.Serializer):
        return _writer(field)
    plain: Writer = PLAIN.get(type(field), field.to_representation)
    return plain


def _each(rows: Any) -> Any:
    return rows.all() if isinstance(rows, BaseManager) else rows


class PageQuery(StrictSerializer):
    """What every list takes."""

    limit = serializers.IntegerField(min_value=1, max_value=200, required=False)
    cursor = serializers.CharField(max_length=500, required=False)


def _padded(amount: Decimal, unit: Decimal) -> Decimal:
    plain = amount.normalize()
    exponent, least = plain.as_tuple().exponent, unit.as_tuple().exponent
    assert isinstance(exponent, int)
    assert isinstance(least, int)
    return plain if exponent < least else plain.quantize(unit)


def _is_object(data: Any) -> bool:
    return isinstance(data, dict)
