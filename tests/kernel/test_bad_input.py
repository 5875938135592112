"""Bad input for notices; and every address belongs to an area whose forms are tested."""

from o2c.kernel.notices import tell
from tests.bad_input import (
    AREAS,
    OTHERS,
    ROUTES,
    faults_at,
    faults_of,
    forms_below,
    is_in,
    signed_in,
    unreached,
)
from tests.factories import NOW, UserFactory

AREA = "/notices/"


def test_every_form_answers_bad_input_in_words(company):
    user = UserFactory.create()
    tell([user.pk], key="case-1", text="Case 1", link="/", at=NOW)
    client = signed_in(user)

    forms = forms_below(client, AREA)

    assert faults_of(client, forms) == []
    assert unreached(forms, AREA) == []
    assert faults_at(client, AREA) == []


def test_every_address_belongs_to_an_area():
    lost = [r for r in ROUTES if not any(is_in(f"/{r}", area) for area in (*AREAS, *OTHERS))]

    assert len(ROUTES) > 200
    assert lost == []
