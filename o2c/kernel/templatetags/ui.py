"""The `ui` template library; templates/components/README.md lists it with examples."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from o2c.kernel.ui import charts, dates, fields, figures, plots, status, trail
from o2c.kernel.ui.icons import icon

register = template.Library()

TAGS: tuple[Callable[..., Any], ...] = (
    icon,
    status.pill,
    status.status,
    charts.bar,
    charts.done_of,
    charts.age,
    charts.stage,
    charts.spark,
    charts.steps,
    charts.level,
    plots.plot,
    plots.column_chart,
    plots.line_chart,
    fields.field,
    fields.error_summary,
)
FILTERS: tuple[Callable[..., Any], ...] = (
    figures.money,
    figures.money_in,
    figures.price,
    figures.whole,
    figures.quantity,
    figures.percent,
    dates.day,
    dates.daytime,
    dates.clock_time,
    dates.ago,
    trail.trail,
    trail.field_name,
)
for _tag in TAGS:
    register.simple_tag(_tag)
for _filter in FILTERS:
    register.filter(_filter.__name__, _filter)
register.simple_tag(fields.control_of, name="control")


@register.simple_tag
def form_token() -> SafeString:
    """Draw the hidden field by which `once_per_form` knows a form that is sent twice."""
    return format_html('<input type="hidden" name="form_token" value="{}">', uuid4())


@register.simple_tag
def tag(text: figures.Text) -> SafeString:
    """Draw a tag: a fact about something, not its state."""
    return format_html('<span class="tag">{}</span>', text)


@register.simple_tag
def empty_state(
    icon_name: str, title: str, text: str = "", href: str = "", action: str = ""
) -> SafeString:
    """Say that there is nothing, why, and what to do next."""
    link = format_html('<a class="link" href="{}">{}</a>', href, action) if href else ""
    return format_html(
        '<div class="empty">{}<b>{}</b>{}{}</div>',
        icon(icon_name),
        title,
        format_html("<span>{}</span>", text) if text else "",
        link,
    )


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: str | int | None) -> str:
    """Return the page's URL query with these parameters changed; None removes one."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_link(context: Context, key: str, label: str, cls: str = "") -> SafeString:
    """Draw a column head that sorts by `key` (`?sort=key`, then `-key`) and says how it stands."""
    current = context["request"].GET.get("sort", "")
    ascending, descending = current == key, current == f"-{key}"
    href = query(context, sort=f"-{key}" if ascending else key, after=None, page=None)
    order = "ascending" if ascending else "descending" if descending else ""
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>',
        format_html(' class="{}"', cls) if cls else "",
        format_html(' aria-sort="{}"', order) if order else "",
        href,
        label,
        icon("up" if ascending else "down") if order else "",
    )


@register.simple_tag(takes_context=True)
def title_prefix(context: Context) -> str:
    """Return "Error: " when a form of the page failed, so that the window's title says so."""
    shown = (context.get(name) for name in ("form", "formset", "lines"))
    failed = fields.has_errors(*(form for form in shown if hasattr(form, "is_bound")))
    return "Error: " if failed else ""
