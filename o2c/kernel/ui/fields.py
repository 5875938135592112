"""Form fields in the portal's markup: label, control, then one of hint or error, wired for ARIA."""

from collections.abc import Iterable
from typing import Any, TypeAlias

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from o2c.kernel.ui.icons import icon

FormLike: TypeAlias = "forms.BaseForm | forms.BaseFormSet[Any] | None"


def field(bound: BoundField, *, hint: str = "", cls: str = "", add: str = "") -> SafeString:
    """Draw a form field. `hint` replaces its help text, `cls` joins `.field` (such as "wide"),
    `add` stands before the control ("USD").
    """
    if bound.is_hidden:
        return SafeString(str(bound))
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return _checkbox(bound, hint, cls)
    if bound.use_fieldset:
        return _choices(bound, hint, cls)
    control = control_of(bound)
    if add:
        control = format_html(
            '<div class="input-group"><span class="add">{}</span>{}</div>', add, control
        )
    return format_html(
        '<div class="field{}"><label for="{}">{}{}</label>{}{}</div>',
        f" {cls}" if cls else "",
        bound.id_for_label,
        bound.label,
        _optional(bound),
        control,
        _note(bound, hint),
    )


def control_of(bound: BoundField, label: str = "") -> SafeString:
    """Draw only the control, for tables; then `label` names it to screen readers."""
    attributes: dict[str, str | bool] = {"class": _control_class(bound)}
    if label:
        attributes["aria-label"] = label
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if bound.errors or bound.help_text:
        attributes["aria-describedby"] = f"{bound.id_for_label}-note"
    return SafeString(bound.as_widget(attrs=attributes))


def error_summary(*forms_shown: FormLike) -> SafeString:
    """List what must be mended, with links to the fields; nothing when nothing is wrong."""
    problems = [problem for shown in forms_shown for problem in _problems(shown)]
    if not problems:
        return SafeString("")
    return format_html(
        '<div class="errsum" role="alert" tabindex="-1"><h2>{}</h2><ul>{}</ul></div>',
        _("There is a problem"),
        format_html_join("", "<li>{}</li>", ((problem,) for problem in problems)),
    )


def has_errors(*forms_shown: FormLike) -> bool:
    """Say whether a submitted form failed, for the page's title."""
    return any(True for shown in forms_shown for _problem in _problems(shown))


def _control_class(bound: BoundField) -> str:
    given = bound.field.widget.attrs.get("class", "")
    numeric = isinstance(bound.field, forms.IntegerField | forms.DecimalField)
    is_select = isinstance(bound.field.widget, forms.Select)
    return " ".join(filter(None, ["input", "n" if numeric and not is_select else "", given]))


def _optional(bound: BoundField) -> SafeString:
    if bound.field.required or bound.field.disabled:
        return SafeString("")
    return format_html(" <small>{}</small>", _("optional"))


def _note(bound: BoundField, hint: str) -> SafeString:
    note_id = f"{bound.id_for_label}-note"
    if bound.errors:
        text = " ".join(str(error) for error in bound.errors)
        return format_html('<span class="err" id="{}">{}{}</span>', note_id, icon("alert"), text)
    text = hint or str(bound.help_text or "")
    return (
        format_html('<span class="hint" id="{}">{}</span>', note_id, text)
        if text
        else SafeString("")
    )


def _checkbox(bound: BoundField, hint: str, cls: str) -> SafeString:
    return format_html(
        '<div class="field check{}"><label for="{}">{} {}</label>{}</div>',
        f" {cls}" if cls else "",
        bound.id_for_label,
        bound.as_widget(attrs=_described(bound)),
        bound.label,
        _note(bound, hint),
    )


def _choices(bound: BoundField, hint: str, cls: str) -> SafeString:
    options = format_html_join(
        "", "<label>{}<span>{}</span></label>", ((o.tag(), o.choice_label) for o in bound)
    )
    return format_html(
        '<fieldset class="field{}" id="{}"{}><legend class="lbl">{}</legend>'
        '<div class="choices">{}</div>{}</fieldset>',
        f" {cls}" if cls else "",
        bound.auto_id,
        SafeString(' aria-invalid="true"') if bound.errors else "",
        bound.label,
        options,
        _note(bound, hint),
    )


def _described(bound: BoundField) -> dict[str, str | bool]:
    described: dict[str, str | bool] = {"aria-describedby": f"{bound.id_for_label}-note"}
    if bound.errors:
        return {**described, "aria-invalid": "true"}
    return described if bound.help_text else {}


def _problems(shown: FormLike, place: str = "") -> Iterable[SafeString]:
    """Yield what is wrong with a form; `place` says which one it is among several."""
    if shown is None or not shown.is_bound:
        return
    if isinstance(shown, forms.BaseFormSet):
        yield from (format_html("{}", text) for text in shown.non_form_errors())
        for number, form in enumerate(shown.forms, start=1):
            yield from _problems(form, _("Line %(number)s") % {"number": number})
        return
    for text in shown.non_field_errors():
        yield format_html("{}", _named(text, place))
    for bound in shown:
        target = bound.auto_id if bound.use_fieldset else bound.id_for_label
        for text in bound.errors:
            yield format_html('<a href="#{}">{}</a>', target, _named(text, place, bound.label))


def _named(text: object, *names: object) -> str:
    """Put before a message the names that it does not contain: `Line 2: Quantity: …`."""
    message = str(text)
    missing = [str(name) for name in names if str(name).casefold() not in message.casefold()]
    return ": ".join([*missing, message])
