"""A customer's system changes an order, and reads what was agreed on before."""

from orders.models import Amendment, Order, OrderRevision

LINES = {
    "customer_po": "4711",
    "requested_on": "2026-11-25",
    "lines": [{"sku": "KV-080", "quantity": "6"}, {"sku": "PX-210", "quantity": "2"}],
}


def placed(api):
    return api.post("orders", LINES).json()["id"]


def body(**changes):
    return {"reason": "Less is enough", "lines": [{"position": 1, "quantity": "4"}], **changes}


def test_changes_an_order(api, valve, pump):
    order_id = placed(api)

    response = api.post(f"orders/{order_id}/amendments", body(customer_po="4712"))

    order = Order.objects.get()
    answer = response.json()
    assert (response.status_code, answer["state"]) == (201, "applied")
    assert (answer["number"], answer["order_state"]) == (f"{order.number}-A1", "released")
    assert (order.customer_po, order.lines.get(position=1).ordered) == ("4712", 4)


def test_changes_it_once_however_often_it_is_sent(api, valve, pump):
    order_id = placed(api)

    first = api.post(f"orders/{order_id}/amendments", body(), key="once")
    again = api.post(f"orders/{order_id}/amendments", body(), key="once")

    assert again.json() == first.json()
    assert Amendment.objects.count() == 1


def test_says_what_a_change_would_do_and_changes_nothing(api, valve, pump):
    order_id = placed(api)

    response = api.post(f"orders/{order_id}/amendments?dry_run=true", body())

    effects = response.json()["effects"]
    assert response.status_code == 200
    assert (effects["gross_before"], effects["gross_after"]) == ("386.760", "267.760")
    assert not Amendment.objects.exists()
    assert Order.objects.get().lines.get(position=1).ordered == 6


def test_adds_a_line_by_sku(api, valve, pump):
    order_id = placed(api)
    wanted = body(lines=[{"sku": "KV-080", "quantity": "1"}])

    api.post(f"orders/{order_id}/amendments", wanted)

    assert Order.objects.get().lines.get(position=3).ordered == 1


def test_refuses_a_change_against_an_older_revision(api, valve, pump):
    order_id = placed(api)
    seen = Order.objects.get().revision
    api.post(f"orders/{order_id}/amendments", body())

    response = api.post(f"orders/{order_id}/amendments", body(revision=seen, customer_po="1"))

    assert (response.status_code, response.json()["code"]) == (409, "order_changed")
    assert Order.objects.get().customer_po == "4711"


def test_says_which_line_or_product_there_is_not(api, valve, pump):
    order_id = placed(api)
    for line, pointer in [
        ({"position": 9, "quantity": "1"}, "/lines/0/position"),
        ({"sku": "NOPE", "quantity": "1"}, "/lines/0/sku"),
        ({"quantity": "1"}, "/lines/0/position"),
    ]:
        response = api.post(f"orders/{order_id}/amendments", body(lines=[line]))

        assert response.status_code == 422
        assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not Amendment.objects.exists()


def test_lists_what_was_agreed_on_at_each_time(api, valve, pump):
    order_id = placed(api)
    assert api.get(f"orders/{order_id}/revisions").json() == []
    api.post(f"orders/{order_id}/amendments", body())

    listed = api.get(f"orders/{order_id}/revisions").json()

    assert [row["content"]["lines"][0]["quantity"] for row in listed] == ["6.000", "4.000"]
    assert [row["amendment"] for row in listed] == [None, Amendment.objects.get().number]


def test_keeps_strangers_out(api, strangers_api, valve, pump):
    order_id = placed(api)

    changed = strangers_api.post(f"orders/{order_id}/amendments", body())
    listed = strangers_api.get(f"orders/{order_id}/revisions")

    assert (changed.status_code, listed.status_code) == (404, 404)
    assert not OrderRevision.objects.exists()
