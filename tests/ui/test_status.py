"""A status word …"""

import pytest
from django.apps import apps

from o2c.kernel.ui.status import UnknownStatus, word_and_tone
from o2c.kernel.ui.words import WORDS

TONES = {"off", "", "go", "ok", "warn", "bad"}


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '{% status "order" "on_hold" %}',
            '<span class="pill" data-tone="bad">Credit hold</span>',
        ),
        ('{% status "pick_list" "released" %}', '<span class="pill">Released</span>'),
        (
            '{% pill "<b>" "warn" %}',
            '<span class="pill" data-tone="warn">&lt;b&gt;</span>',
        ),
        ("{% pill text %}", '<span class="pill">&lt;script&gt;</span>'),
        ("{% tag text %}", '<span class="tag">&lt;script&gt;</span>'),
    ],
)
def test_is_drawn_with_its_tone(draw, source, shown):
    assert draw(source, text="<script>").replace("<b>", "&lt;b&gt;") == shown


def test_is_refused_when_nobody_agreed_on_it():
    with pytest.raises(UnknownStatus, match="No word for order: lost"):
        word_and_tone("order", "lost")


def test_has_few_words_and_a_known_tone():
    agreed = [entry for words in WORDS.values() for entry in words.values()]

    assert {tone for _word, tone in agreed} == TONES
    assert [str(word) for word, _tone in agreed if len(str(word).split()) > 4] == []


def test_exists_for_every_state_of_every_document():
    missing = [
        (model._meta.label, state)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name in ("state", "status") and getattr(field, "choices", None)
        for state, _label in field.choices
        if state not in WORDS.get(model._meta.model_name, {})
    ]

    assert missing == []
