"""The menu's items lead to pages that stand, and each is in somebody's menu."""

import pytest
from django.urls import resolve, reverse

from o2c.kernel.ui.menu import ITEMS, LAYOUTS


@pytest.mark.parametrize("item", ITEMS.values(), ids=ITEMS)
def test_each_item_leads_to_a_page_that_asks_for_its_permission(item):
    view = resolve(reverse(item.url_name)).func

    assert item.permission in {"", getattr(view, "required_permission", "")}


def test_each_item_is_in_a_menu():
    named = {key for layout in LAYOUTS.values() for _heading, keys in layout.rail for key in keys}

    assert named | {"today"} == set(ITEMS)
    assert {key for layout in LAYOUTS.values() for key in layout.tabs} <= set(ITEMS)
