"""Guidelines that come and go as files, and versions beside each other."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from credit import guidelines as tables
from credit import services
from credit.guidelines.differences import SAME, differences
from credit.guidelines.exchange import COLUMNS, read_file, rows_of
from credit.guidelines.reading import InvalidGuidelines
from credit.guidelines.whatif import flips_of
from credit.guidelines.wording import in_words
from credit.models import GuidelineTable
from credit.selectors import guidelines as known
from o2c.kernel import clock
from o2c.kernel.errors import REFUSALS, explain
from o2c.kernel.forms import OnceForm
from o2c.kernel.pages import form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, number_of
from o2c.kernel.sheets import Unreadable
from o2c.kernel.sheets.writing import csv_file

FINE = 200


class ImportForm(OnceForm):
    file = forms.FileField(label=_("File"), help_text=_("JSON or CSV, as it is exported here"))
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


@form_page("credit.change_guidelinetable")
def import_guidelines(request: HttpRequest) -> HttpResponse:
    """Make a draft of a file; what is wrong with it is told place by place."""
    form = ImportForm(request.POST or None, request.FILES or None)
    problems: list[str] = []
    if form.is_valid():
        try:
            return redirect(
                "credit:guideline", form.run_once(request, lambda: _draft(request, form))
            )
        except InvalidGuidelines as refusal:
            problems = [str(problem) for problem in refusal.problems]
        except Unreadable as problem:
            problems = [str(problem)]
        except REFUSALS as refusal:
            problems = [explain(refusal)[1]]
    status = UNPROCESSABLE if problems or form.errors else FINE
    context = {"form": form, "problems": problems}
    return render(request, "credit/guideline_import.html", context, status=status)


def _draft(request: HttpRequest, form: ImportForm) -> int:
    file = form.cleaned_data["file"]
    draft = services.create_draft(
        rules=read_file(file.read(), file.name),
        note=form.cleaned_data["note"],
        at=clock.now(),
        actor=actor_of(request),
    )
    return draft.version


@page("credit.view_guidelinetable")
def export_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Send a version as a file: JSON, or CSV with `?as=csv`."""
    table = get_object_or_404(GuidelineTable, version=version)
    name = f"guidelines-v{version}"
    if request.GET.get("as") == "csv":
        return csv_file(
            f"{name}.csv", [words[0] for words in COLUMNS.values()], rows_of(table.rules)
        )
    text = json.dumps({"version": version, "rules": table.rules}, indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(text, content_type="application/json", headers=headers)


@page("credit.view_guidelinetable")
def guideline_flips(request: HttpRequest, version: int) -> HttpResponse:
    """Send every past decision that a version would have made otherwise, as CSV."""
    table = get_object_or_404(GuidelineTable, version=version)
    head = ["application", "customer", "currency"]
    head += [f"{when}_{what}" for when in ("old", "new") for what in ("rule", "outcome", "limit")]
    flips = (flip for _past, flip in flips_of(tables.parse(table.rules), known.past_cases()))
    rows = (
        [
            flip.past.application,
            flip.past.customer,
            flip.past.currency,
            flip.past.rule,
            flip.past.outcome,
            flip.past.limit,
            flip.rule,
            flip.outcome,
            flip.limit,
        ]
        for flip in flips
        if flip is not None
    )
    return csv_file(f"guidelines-v{version}-flips.csv", head, rows)


@page("credit.view_guidelinetable")
def compare_guidelines(request: HttpRequest, version: int) -> HttpResponse:
    """Show what differs between a version and another: `?with=1`, or the one in force."""
    table = get_object_or_404(GuidelineTable, version=version)
    asked = number_of(request.GET.get("with"))
    other = get_object_or_404(GuidelineTable, version=asked) if asked else known.active_table()
    found = [
        (one, _words(one.old), _words(one.new)) for one in differences(other.rules, table.rules)
    ]
    context = {
        "table": table,
        "other": other,
        "differences": [row for row in found if row[0].kind != SAME],
        "same": sum(row[0].kind == SAME for row in found),
        "versions": known.versions(),
    }
    return render(request, "credit/guideline_diff.html", context)


def _words(rule: dict[str, Any] | None) -> Any:
    return in_words(rule) if rule else None
