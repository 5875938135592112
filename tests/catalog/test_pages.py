"""The catalogue's pages: what they show, take and refuse."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import CustomerPartNumber, Discount, Price, PriceList, Product, TaxExemption
from o2c.kernel import roles
from tests.factories import (
    CustomerFactory,
    CustomerPartNumberFactory,
    DiscountFactory,
    PriceFactory,
    PriceListFactory,
    ProductFactory,
    ProductUnitFactory,
    TaxExemptionFactory,
    UnitFactory,
)


@pytest.fixture
def administrator(browser_of, company):
    return browser_of(roles.ADMINISTRATOR)


def statements(client, address):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, response.content[:500]
    return len(captured)


def errors_of(response, *forms):
    return {field for form in forms for field in response.context[form].errors}


FORM = {
    "sku": "VLV-9",
    "name": "Valve",
    "unit": "C62",
    "pack_multiple": "1",
    "minimum_quantity": "1",
    "weight_kg": "1.5",
    "tax_category": "S",
    "lead_time_days": "3",
    "origin_country": "de",
}


def test_a_product_is_added_and_changed(administrator):
    UnitFactory.create()

    added = administrator.post("/catalog/new/", FORM)
    product = Product.objects.get()
    changed = administrator.post(
        f"/catalog/{product.pk}/edit/", FORM | {"name": "Ball valve", "revision": "0"}
    )

    assert (added.status_code, changed.status_code) == (302, 302)
    product.refresh_from_db()
    assert (product.name, product.lead_time_days, product.origin_country, product.revision) == (
        *("Ball valve", 3),
        *("DE", 1),
    )


def test_who_saves_second_is_told_so(administrator):
    product = ProductFactory.create(sku="VLV-9")
    administrator.post(f"/catalog/{product.pk}/edit/", FORM | {"name": "A", "revision": "0"})

    late = administrator.post(f"/catalog/{product.pk}/edit/", FORM | {"name": "B", "revision": "0"})

    assert late.status_code == 422
    assert "Somebody else has changed VLV-9" in late.content.decode()
    assert Product.objects.get().name == "A"


def test_shows_what_cannot_be_right_at_its_field(administrator):
    ProductFactory.create(sku="VLV-9")

    refused = administrator.post("/catalog/new/", FORM | {"gtin": "123"})
    taken = administrator.post("/catalog/new/", FORM)

    assert (refused.status_code, taken.status_code) == (422, 422)
    assert "gtin" in refused.context["form"].errors
    assert "sku" in taken.context["form"].errors
    assert Product.objects.count() == 1


def test_keeps_the_status_of_a_product_that_is_edited(administrator):
    product = ProductFactory.create(sku="VLV-9", status="discontinued")

    administrator.post(f"/catalog/{product.pk}/edit/", FORM | {"revision": "0"})

    product.refresh_from_db()
    assert (product.name, product.status) == ("Valve", "discontinued")


def test_prices_packs_and_successors_are_set_on_the_product_page(administrator, company):
    product, other = ProductFactory.create(), ProductFactory.create(sku="NEXT-1")
    UnitFactory.create(code="CT", name="carton")
    everybody = PriceList.objects.get()
    here = f"/catalog/{product.pk}"

    answers = [
        administrator.post(
            f"{here}/prices/",
            {"price_list": everybody.pk, "amount": "40", "min_quantity": "200"},
        ),
        administrator.post(
            f"{here}/prices/{product.prices.get(min_quantity=0).pk}/end/",
            {"valid_until": "2027-01-31"},
        ),
        administrator.post(f"{here}/packs/", {"unit": "CT", "factor": "12"}),
        administrator.post(f"{here}/discontinue/", {"successor": "next-1"}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 4
    product.refresh_from_db()
    assert (product.status, product.successor) == ("discontinued", other)
    assert product.pack_units.get().factor == 12
    assert list(product.prices.order_by("min_quantity").values_list("amount", flat=True)) == [
        50,
        40,
    ]


@pytest.mark.parametrize(
    ("form", "values", "field"),
    [
        ("prices", {"amount": "-1"}, "amount"),
        ("prices", {"amount": "x"}, "amount"),
        ("packs", {"unit": "CT", "factor": "0"}, "factor"),
        ("packs", {"unit": "C62", "factor": "2"}, "unit"),
        ("discontinue", {"successor": "NONE"}, "successor"),
    ],
)
def test_refuses_on_the_product_page_what_cannot_be_right(administrator, form, values, field):
    product = ProductFactory.create()
    UnitFactory.create(code="CT", name="carton")
    prices = Price.objects.count()

    refused = administrator.post(
        f"/catalog/{product.pk}/{form}/", {"price_list": PriceList.objects.get().pk} | values
    )

    assert refused.status_code == 422
    assert field in errors_of(refused, "price_form", "pack_form", "discontinue_form")
    product.refresh_from_db()
    assert (product.status, Price.objects.count()) == ("active", prices)
    assert not product.pack_units.exists()


def test_product_page_is_as_cheap_with_twenty_of_everything(sales_rep):
    product = ProductFactory.create()
    address = f"/catalog/{product.pk}/"

    def add(number):
        unit = UnitFactory.create(code=f"X{number}", name=f"pack {number}")
        ProductUnitFactory.create(product=product, unit=unit)
        PriceFactory.create(product=product, min_quantity=number)
        CustomerPartNumberFactory.create(product=product)

    add(99)
    one = statements(sales_rep, address)
    for number in range(1, 20):
        add(number)

    assert statements(sales_rep, address) == one


def test_a_sales_rep_changes_no_price(sales_rep):
    product = ProductFactory.create()

    page = sales_rep.get(f"/catalog/{product.pk}/").content.decode()
    refused = sales_rep.post(f"/catalog/{product.pk}/prices/", {"amount": "1"})

    assert "Set the price" not in page
    assert refused.status_code == 403
    assert Price.objects.get().amount == 50


def test_part_numbers_are_remembered_listed_and_forgotten(sales_rep):
    product, customer = ProductFactory.create(sku="VLV-9"), CustomerFactory.create()
    form = {"customer": customer.number, "number": "KC 1", "sku": "vlv-9"}

    sales_rep.post("/catalog/part-numbers/remember/", form)
    part = CustomerPartNumber.objects.get()
    listed = sales_rep.get(f"/catalog/part-numbers/?customer={customer.pk}").context["parts"]
    sales_rep.post(f"/catalog/part-numbers/{part.pk}/forget/")

    assert (part.customer, part.product, part.number) == (customer, product, "KC 1")
    assert listed == [part]
    assert not CustomerPartNumber.objects.exists()


def test_a_part_number_is_remembered_by_the_carton_and_put_right(sales_rep):
    product, customer = ProductFactory.create(sku="VLV-9"), CustomerFactory.create()
    carton = UnitFactory.create(code="CT", name="carton")
    form = {"customer": customer.number, "number": "KC 1", "sku": "vlv-9"}

    sales_rep.post(
        "/catalog/part-numbers/remember/", form | {"unit": carton.pk, "factor": "1,200.5"}
    )
    part = CustomerPartNumber.objects.get()
    shown = sales_rep.get(f"/catalog/part-numbers/{part.pk}/")
    refused = sales_rep.post(
        f"/catalog/part-numbers/{part.pk}/", {"number": "", "sku": "none", "factor": "-1"}
    )
    saved = sales_rep.post(
        f"/catalog/part-numbers/{part.pk}/",
        {"number": "KC 2", "sku": "VLV-9", "seen": shown.context["form"]["seen"].value()},
    )

    assert (part.unit, part.factor) == (carton, Decimal("1200.5"))
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"number", "sku"})
    assert saved["Location"] == f"/catalog/part-numbers/?customer={customer.pk}"
    part.refresh_from_db()
    assert (part.number, part.product, part.unit, part.factor) == ("KC 2", product, None, 1)


def test_refuses_to_change_a_part_number_to_nothing_that_counts(sales_rep):
    part = CustomerPartNumberFactory.create(number="KC 1")
    here = f"/catalog/part-numbers/{part.pk}/"
    said = {"number": "KC 1", "sku": part.product.sku}

    below = sales_rep.post(here, said | {"factor": "0"})
    stale = sales_rep.post(here, said | {"factor": "3", "seen": "old"})

    assert (below.status_code, below.context["form"].errors["factor"]) == (
        422,
        ["Enter a quantity above zero."],
    )
    assert stale.status_code == 422
    assert "open it again" in stale.context["form"].non_field_errors()[0]
    assert CustomerPartNumber.objects.get().factor == 1


def test_a_customers_page_shows_their_part_numbers_and_a_product_page_too(sales_rep, browser_of):
    part = CustomerPartNumberFactory.create(number="KC 4711", factor=12)
    panel = f"/catalog/part-numbers/of-customer/?customer={part.customer_id}"

    page = sales_rep.get(f"/customers/{part.customer.number}/").content.decode()
    answer = sales_rep.get(panel).content.decode()
    product = sales_rep.get(f"/catalog/{part.product_id}/").content.decode()

    assert f'hx-get="{panel}"' in page
    assert f'<a class="link" href="/catalog/part-numbers/{part.pk}/">KC 4711</a>' in answer
    assert "12\N{NO-BREAK SPACE}pcs" in answer
    assert "12\N{NO-BREAK SPACE}pcs" in product
    picker = browser_of(roles.WAREHOUSE)
    assert "Add a number" not in picker.get(panel).content.decode()
    assert sales_rep.get("/catalog/part-numbers/of-customer/").status_code == 404


def test_a_customers_panel_of_part_numbers_is_as_cheap_for_twenty(sales_rep):
    customer = CustomerFactory.create()
    here = f"/catalog/part-numbers/of-customer/?customer={customer.pk}"
    CustomerPartNumberFactory.create(customer=customer)
    one = statements(sales_rep, here)
    for _number in range(19):
        CustomerPartNumberFactory.create(customer=customer, unit=UnitFactory.create())

    assert statements(sales_rep, here) == one
    assert "All their numbers" in sales_rep.get(here).content.decode()


def test_refuses_a_number_for_nobody_or_nothing(sales_rep):
    ProductFactory.create(sku="VLV-9")

    refused = sales_rep.post(
        "/catalog/part-numbers/remember/", {"customer": "Nobody", "number": "1", "sku": "X"}
    )

    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"customer", "sku"}
    assert not CustomerPartNumber.objects.exists()


def test_lists_of_part_numbers_and_agreements_are_as_cheap_for_twenty(sales_rep):
    def add():
        CustomerPartNumberFactory.create()
        customer = CustomerFactory.create()
        PriceListFactory.create(code=f"L{customer.pk}", customer=customer)
        DiscountFactory.create(customer=customer)
        TaxExemptionFactory.create(customer=customer)

    addresses = ("/catalog/part-numbers/", "/catalog/agreements/")
    add()
    one = [statements(sales_rep, address) for address in addresses]
    for _number in range(19):
        add()

    assert [statements(sales_rep, address) for address in addresses] == one


def test_lists_discounts_and_certificates_are_agreed(administrator):
    customer = CustomerFactory.create()
    here = "/catalog/agreements"

    answers = [
        administrator.post(
            f"{here}/lists/",
            {"code": "KC-118", "name": "Contract", "currency": "EUR", "customer": customer.name},
        ),
        administrator.post(
            f"{here}/discounts/", {"percent": "5", "customer": customer.number, "group": "Valves"}
        ),
        administrator.post(
            f"{here}/certificates/",
            {"customer": customer.number, "certificate": "TX-1", "country": "us", "region": "TX"},
        ),
    ]
    ended = administrator.post(
        f"{here}/discounts/{Discount.objects.get().pk}/end/", {"valid_until": "2027-01-31"}
    )

    assert [answer.status_code for answer in (*answers, ended)] == [302] * 4
    discount, exemption = Discount.objects.get(), TaxExemption.objects.get()
    assert PriceList.objects.get(code="KC-118").customer == customer
    assert (discount.rate, discount.group, str(discount.valid_until)) == (
        Decimal("0.05"),
        "Valves",
        "2027-01-31",
    )
    assert (exemption.country, exemption.region, exemption.certificate) == ("US", "TX", "TX-1")


@pytest.mark.parametrize(
    ("form", "values", "field"),
    [
        ("lists", {"code": "EUR", "name": "x", "currency": "EUR"}, "code"),
        ("lists", {"code": "A", "name": "x", "currency": "euro"}, "currency"),
        ("discounts", {"percent": "5"}, "customer"),
        ("discounts", {"percent": "101", "group": "Valves"}, "percent"),
        ("discounts", {"percent": "5", "group": "Pumps"}, "valid_from"),
        ("discounts", {"percent": "5", "group": "Pumps", "sku": "VLV-9"}, "group"),
        ("certificates", {"certificate": "1", "country": "UK"}, "country"),
    ],
)
def test_refuses_what_cannot_be_agreed(administrator, form, values, field):
    PriceListFactory.create()
    ProductFactory.create(sku="VLV-9")
    DiscountFactory.create(group="Pumps")

    refused = administrator.post(f"/catalog/agreements/{form}/", values)

    assert refused.status_code == 422
    assert field in errors_of(refused, "list_form", "discount_form", "exemption_form")
    counts = [model.objects.count() for model in (PriceList, Discount, TaxExemption)]
    assert counts == [1, 1, 0]


QUESTION = {"on": "2026-11-20", "tolerance": "1", "ship_to": ""}


@pytest.fixture
def asked(sales_rep):
    """Ask for the prices of a customer; return the page."""

    def ask(customer, lines, **more):
        question = QUESTION | {"customer_name": customer.number, "lines": lines} | more
        return sales_rep.get("/catalog/prices/check/", question)

    return ask


def test_checks_prices_beside_what_they_wrote(asked):
    customer = CustomerFactory.create()
    product = ProductFactory.create(sku="VLV-9", group="Valves")
    PriceFactory.create(product=product, min_quantity=200, amount=Decimal(40))
    ProductUnitFactory.create(product=product)
    DiscountFactory.create(customer=customer, rate=Decimal("0.1"))
    CustomerPartNumberFactory.create(
        customer=customer, product=product, number="KC 1", folded_number="kc 1"
    )

    page = asked(customer, "VLV-9\t10\t45.30\nkc 1;20 CT;36.50\nNONE 1\nVLV-9\tmany\nVLV-9 1 BX")

    lines = [line for line, _is_within in page.context["lines"]]
    assert [line.price and line.price.amount for line in lines] == [45, 36, None, None, None]
    assert [line.quantity for line in lines[:2]] == [10, 240]
    assert [is_within for _line, is_within in page.context["lines"]][:2] == [True, False]
    assert (lines[0].next_break.min_quantity, lines[1].next_break) == (200, None)
    assert (lines[0].tax.category, lines[0].tax.rate) == ("S", Decimal("0.19"))
    assert page.context["total"] == 450 + 240 * 36
    problems = [line.problem for line in lines]
    assert problems[:2] == ["", ""]
    assert "do not sell" in problems[2]
    assert "no quantity" in problems[3]
    assert "no price" in problems[4]


def test_exports_the_check(asked):
    customer = CustomerFactory.create()
    ProductFactory.create(sku="VLV-9", name="=Valve")

    file = asked(customer, "VLV-9 2", format="csv")

    assert file["Content-Type"] == "text/csv; charset=utf-8"
    rows = file.content.decode("utf-8-sig").splitlines()
    assert rows[1].startswith("VLV-9,VLV-9,'=Valve,2,50.0000,EUR,Price list EUR,0,100.00,")


def test_a_check_is_as_cheap_for_twenty_lines(sales_rep):
    customer, products = CustomerFactory.create(), ProductFactory.create_batch(20)

    def cost(count):
        lines = "\n".join(f"{product.sku} 1" for product in products[:count])
        question = QUESTION | {"customer": customer.pk, "customer_name": "x", "lines": lines}
        with CaptureQueriesContext(connection) as captured:
            assert sales_rep.get("/catalog/prices/check/", question).status_code == 200
        return len(captured)

    assert cost(1) == cost(20)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"customer_name": "Nobody"}, "customer_name"),
        ({"on": "soon"}, "on"),
        ({"tolerance": "-1"}, "tolerance"),
        ({"lines": ""}, "lines"),
        ({"lines": "A 1\n" * 501}, "lines"),
    ],
)
def test_says_what_is_wrong_with_the_question(asked, more, field):
    page = asked(CustomerFactory.create(), more.pop("lines", "A 1"), **more)

    assert page.status_code == 422
    assert field in page.context["form"].errors


def test_lists_prices_of_a_customer(sales_rep):
    customer, product = CustomerFactory.create(), ProductFactory.create()
    DiscountFactory.create(customer=customer)
    CustomerPartNumberFactory.create(
        customer=customer, product=product, number="KC 1", folded_number="kc 1"
    )

    page = sales_rep.get(f"/catalog/?customer={customer.pk}&q=kc")

    assert [(row, price.amount) for row, price in page.context["products"]] == [
        (product, Decimal("47.5"))
    ]
    assert "Price list EUR − 5 %" in page.content.decode()


def upload(client, address, content, **more):
    file = SimpleUploadedFile("products.csv", content.encode())
    return client.post(address, {"file": file} | more, follow=True)


def test_a_file_is_looked_at_before_it_is_imported(administrator):
    UnitFactory.create()
    ProductFactory.create(sku="OLD")

    shown = upload(
        administrator, "/catalog/import/products/", "sku,name\nN-1,Valve\nOLD,New name\nN-2,\n"
    )
    names = set(Product.objects.values_list("name", flat=True))
    done = administrator.post(shown.redirect_chain[-1][0])

    assert shown.context["counts"] == {"new": 1, "changed": 1, "same": 0, "rejected": 1}
    assert "Enter a name." in shown.content.decode()
    assert names == {"Butterfly valve DN80"}
    assert done.status_code == 302
    assert set(Product.objects.values_list("name", flat=True)) == {"Valve", "New name"}


def test_a_file_of_prices_is_imported_into_its_list(administrator):
    everybody = PriceListFactory.create()
    product = ProductFactory.create(price=None)

    shown = upload(
        administrator,
        "/catalog/import/prices/",
        f"sku,price\n{product.sku},12.5\n",
        price_list=everybody.pk,
    )
    administrator.post(shown.redirect_chain[-1][0])

    assert Price.objects.get().amount == Decimal("12.5")


def test_refuses_a_file_that_is_no_table(administrator):
    shown = upload(administrator, "/catalog/import/products/", "hello\n")

    assert shown.status_code == 422
    assert "No row names the columns" in shown.content.decode()


def test_a_sales_rep_imports_nothing(sales_rep):
    assert sales_rep.get("/catalog/import/products/").status_code == 403
    assert upload(sales_rep, "/catalog/import/prices/", "x").status_code == 403


def test_tomorrow_is_another_price(asked):
    customer, product = CustomerFactory.create(), ProductFactory.create(sku="VLV-9", price=None)
    from_day = product.created_at.date() + timedelta(days=3)
    PriceFactory.create(product=product, valid_from=from_day)

    before = asked(customer, "VLV-9 1", on="2026-11-20").context["lines"][0][0]
    after = asked(customer, "VLV-9 1", on="2026-11-21").context["lines"][0][0]

    assert (before.price, after.price.amount) == (None, 50)
