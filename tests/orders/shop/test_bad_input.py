"""Whatever is sent to a form about web shops is answered in words: no fault, no half change."""

from tests.bad_input import faults_at, faults_of, forms_below, signed_in, unreached
from tests.orders.shop.payloads import shopify_order

AREA = "/orders/shops/"
# Routes that no page leads to, by the reason.
UNREACHED: dict[str, str] = {}


def test_every_form_answers_bad_input_in_words(connect, send, far_side):
    send(connect("shopify", base_url=far_side.url, token="shpat_1", buyers={}), shopify_order())
    client = signed_in()

    forms = forms_below(client, AREA)

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == sorted(UNREACHED)
    assert faults_at(client, AREA) == []
