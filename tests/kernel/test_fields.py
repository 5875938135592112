"""The state of a document is set by transitions alone, and is a plain column in migrations."""

import pytest

from o2c.kernel.fields import StateField
from orders.models import Order


def test_a_state_cannot_be_assigned():
    order = Order(state=Order.State.DRAFT)

    with pytest.raises(AttributeError):
        order.state = Order.State.RELEASED

    assert order.state == Order.State.DRAFT


def test_a_migration_sees_a_plain_column():
    _name, path, _args, kwargs = StateField(choices=[("a", "A")], default="a").deconstruct()

    assert path == "django.db.models.CharField"
    assert kwargs == {"choices": [("a", "A")], "default": "a", "max_length": 50}
