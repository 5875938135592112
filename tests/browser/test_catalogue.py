"""Products, prices and agreements, in a browser."""

from decimal import Decimal

import pytest

from catalog.models import CustomerPartNumber, Price, Product
from o2c.kernel import roles
from tests.factories import (
    CompanyFactory,
    CustomerFactory,
    DiscountFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    StockLevelFactory,
)


@pytest.fixture
def goods(transactional_db):
    """A valve with a break, a customer with a discount on it."""
    CompanyFactory.create()
    customer = CustomerFactory.create(number="C-10001", name="Harbor Pump & Valve")
    product = ProductFactory.create(sku="KV-080", name="Ball valve", group="Valves")
    PriceFactory.create(product=product, min_quantity=200, amount=Decimal(40))
    StockLevelFactory.create(product=product)
    DiscountFactory.create(customer=customer, rate=Decimal("0.1"))
    return product


@pytest.fixture
def administrator(goods, person, sign_in, page):
    sign_in(person(roles.ADMINISTRATOR, roles.SALES_REP))
    return page


def test_prices_are_checked_for_a_customer(administrator, shot, accessibility_faults):
    page = administrator
    page.goto("/catalog/prices/check/")
    page.get_by_label("Customer", exact=True).press_sequentially("harbor")
    page.get_by_role("option", name="Harbor Pump").click()
    page.get_by_label("SKU, quantity and their price").fill("KV-080\t10\t45\nKV-080\t300\t40\nX 1")
    page.get_by_role("button", name="Check").click()

    rows = page.get_by_role("table").get_by_role("row")
    assert "Price list EUR − 10 %" in rows.nth(1).inner_text()
    assert "agrees" in rows.nth(1).inner_text()
    assert "11.1" in rows.nth(2).inner_text()
    assert "We do not sell this" in rows.nth(3).inner_text()
    assert accessibility_faults() == []
    shot("price-check")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("prices-")


def test_a_price_is_set_on_the_product_page(administrator, goods, shot, accessibility_faults):
    page = administrator
    page.goto("/catalog/")
    page.get_by_role("link", name="KV-080").click()
    assert page.get_by_role("heading", name="Ball valve").is_visible()
    page.locator("#h-stock").wait_for()
    assert accessibility_faults() == []
    shot("product")

    page.get_by_label("Price", exact=True).fill("38.50")
    page.get_by_label("From quantity").fill("500")
    page.get_by_role("button", name="Set the price").click()

    page.get_by_text("The price is set.").first.wait_for()
    assert Price.objects.get(min_quantity=500).amount == Decimal("38.5")


def test_a_wrong_product_is_mended_in_its_form(administrator, accessibility_faults):
    page = administrator
    page.goto("/catalog/")
    page.get_by_role("link", name="New product").click()
    page.get_by_label("SKU", exact=True).fill("KV-080")
    page.get_by_label("Name", exact=True).fill("Ball valve DN100")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("KV-080 is another product's SKU.").first.wait_for()
    assert accessibility_faults() == []
    page.get_by_label("SKU", exact=True).fill("KV-100")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("KV-100 is added.").first.wait_for()

    assert Product.objects.get(sku="KV-100").name == "Ball valve DN100"


def test_part_numbers_and_agreements_are_kept(administrator, shot, accessibility_faults):
    page = administrator
    page.goto("/catalog/part-numbers/")
    page.get_by_label("Customer", exact=True).fill("Harbor")
    page.get_by_label("Their number").fill("HP 4711")
    page.get_by_label("Our SKU").fill("KV-080")
    page.get_by_role("button", name="Remember").click()
    page.get_by_role("link", name="KV-080").wait_for()
    assert accessibility_faults() == []
    shot("part-numbers")
    page.get_by_role("link", name="Change HP 4711").click()
    page.get_by_label("One of theirs holds").fill("12")
    page.get_by_label("Their unit").select_option(label="piece")
    assert accessibility_faults() == []
    shot("part-number")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("piece of 12 pcs").wait_for()
    page.goto("/customers/C-10001/")
    page.get_by_role("link", name="HP 4711").wait_for()
    assert accessibility_faults() == []
    page.goto("/catalog/agreements/")
    assert page.get_by_text("10.0 %").first.is_visible()
    assert accessibility_faults() == []
    shot("agreements")

    assert CustomerPartNumber.objects.get().number == "HP 4711"


def test_a_file_is_looked_at_then_imported(administrator, tmp_path, shot, accessibility_faults):
    page = administrator
    path = tmp_path / "products.csv"
    path.write_text("sku,name,weight\nKV-100,Ball valve DN100,1.5\nKV-080,,heavy\n")
    PriceListFactory.create()
    page.goto("/catalog/import/products/")
    page.get_by_label("File", exact=True).set_input_files(path)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_text("is no number").wait_for()
    assert accessibility_faults() == []
    shot("import")
    page.get_by_role("button", name="Import the rows without problems").click()
    page.get_by_text("The file is imported.").first.wait_for()

    assert set(Product.objects.values_list("sku", flat=True)) == {"KV-080", "KV-100"}
