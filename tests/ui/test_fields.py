"""A form field …"""

import pytest
from django import forms
from django.forms import formset_factory

from o2c.kernel.ui.icons import icon


class LineForm(forms.Form):
    sku = forms.CharField(label="SKU", help_text="Theirs or ours")
    quantity = forms.IntegerField(label="Quantity", required=False, widget=forms.TextInput)


class DecisionForm(forms.Form):
    is_urgent = forms.BooleanField(label="Pick first", required=False)
    decision = forms.ChoiceField(
        label="Decision", choices=[("yes", "<Yes>")], widget=forms.RadioSelect
    )
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_has_label_control_and_hint(draw):
    assert draw("{% field form.sku %}", form=LineForm()) == (
        '<div class="field"><label for="id_sku">SKU</label>'
        '<input type="text" name="sku" class="input" aria-describedby="id_sku-note" required '
        'id="id_sku"><span class="hint" id="id_sku-note">Theirs or ours</span></div>'
    )


def test_says_what_is_wrong_in_place_of_the_hint(draw):
    form = LineForm({"sku": "A", "quantity": "2,5"})

    assert draw('{% field form.quantity cls="wide" add="pc" %}', form=form) == (
        '<div class="field wide"><label for="id_quantity">Quantity <small>optional</small></label>'
        '<div class="input-group"><span class="add">pc</span>'
        '<input type="text" name="quantity" value="2,5" class="input n" aria-invalid="true" '
        'aria-describedby="id_quantity-note" id="id_quantity"></div>'
        f'<span class="err" id="id_quantity-note">{icon("alert")}Enter a whole number.</span></div>'
    )


def test_escapes_what_was_typed(draw):
    form = LineForm({"sku": '"><script>', "quantity": ""})

    assert 'value="&quot;&gt;&lt;script&gt;"' in draw("{% field form.sku %}", form=form)


def test_is_named_for_screen_readers_in_a_table(draw):
    assert draw('{% control form.quantity "Quantity, line 1" %}', form=LineForm()) == (
        '<input type="text" name="quantity" class="input n" aria-label="Quantity, line 1" '
        'id="id_quantity">'
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (
            "is_urgent",
            '<div class="field check"><label for="id_is_urgent">'
            '<input type="checkbox" name="is_urgent" id="id_is_urgent"> Pick first</label></div>',
        ),
        ("secret", '<input type="hidden" name="secret" id="id_secret">'),
        (
            "decision",
            '<fieldset class="field" id="id_decision"><legend class="lbl">Decision</legend>'
            '<div class="choices"><label><input type="radio" name="decision" value="yes" '
            'id="id_decision_0" required><span>&lt;Yes&gt;</span></label></div></fieldset>',
        ),
    ],
)
def test_may_be_of_another_kind(draw, name, shown):
    assert draw("{% field bound %}", bound=DecisionForm()[name]) == shown


def test_problems_are_listed_with_links(draw):
    form = LineForm({"sku": "", "quantity": "x"})
    form.full_clean()
    form.add_error(None, "Nothing to order")

    assert draw("{% error_summary form %}", form=form) == (
        '<div class="errsum" role="alert" tabindex="-1"><h2>There is a problem</h2><ul>'
        "<li>Nothing to order</li>"
        '<li><a href="#id_sku">SKU: This field is required.</a></li>'
        '<li><a href="#id_quantity">Quantity: Enter a whole number.</a></li></ul></div>'
    )


def test_problems_of_lines_say_which_line(draw):
    lines = formset_factory(LineForm)(
        {
            "form-TOTAL_FORMS": "2",
            "form-INITIAL_FORMS": "2",
            "form-0-sku": "A",
            "form-1-quantity": "1",
        }
    )

    shown = draw("{% error_summary form lines %}", form=LineForm(), lines=lines)

    assert '<a href="#id_form-1-sku">Line 2: SKU: This field is required.</a>' in shown
    assert shown.count("<li>") == 1


def test_no_problem_leaves_no_trace(draw):
    form = LineForm({"sku": "A"})

    assert draw("{% error_summary form %}{% title_prefix %}", form=form) == ""


def test_a_problem_is_said_in_the_windows_title(draw):
    assert draw("{% title_prefix %}", form=LineForm({"sku": ""})) == "Error: "
