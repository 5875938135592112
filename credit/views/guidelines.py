"""Guidelines in the browser: versions, the editor, what is proved, tested and put in force."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from credit import guidelines as tables
from credit import services
from credit.guidelines import BY_NAME, FACTS, InvalidGuidelines, Rule
from credit.guidelines.prover import Proof, TooLarge, prove
from credit.guidelines.rules import FOR_NUMBERS, FOR_TEXTS
from credit.guidelines.wording import OPERATORS, OUTCOMES, in_words
from credit.models import GuidelineTable
from credit.selectors import guidelines as known
from credit.views.editor import EditedCondition, EditedRule, Editor
from o2c.kernel import clock
from o2c.kernel.errors import EXPECTED, explain
from o2c.kernel.forms import once_per_form
from o2c.kernel.pages import action, form_page, page
from o2c.kernel.requests import UNPROCESSABLE, actor_of, status_of

CHANGE = "credit.change_guidelinetable"
ACTIVATE = "credit.change_policy"
FINE = 200
# Operators of numbers and of texts.
BOTH = [name for name in FOR_NUMBERS if name in FOR_TEXTS]


@page("credit.view_guidelinetable")
def guidelines(request: HttpRequest) -> HttpResponse:
    """List the versions."""
    context = {"tables": known.versions(), "may_change": request.user.has_perm(CHANGE)}
    return render(request, "credit/guidelines.html", context)


@page("credit.view_guidelinetable")
def guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Show a version: a draft in the editor to whoever may change it, others to read."""
    table = _table(version)
    return _show(request, table, Editor.of_table(table.rules))


@form_page(CHANGE)
def edit_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Take the editor's form: change its rows, or save it, with a test if that is asked for."""
    table = _table(version)
    if request.method != "POST":
        return redirect("credit:guideline", version)
    editor = Editor.of_form(request.POST)
    command = request.POST.get("do", "save")
    if editor.do(command):
        return _show(request, table, editor, note=request.POST.get("note", ""))
    try:
        once_per_form(request, lambda: _save(request, table, editor))
        if command == "test":
            services.test_draft(version, at=clock.now(), actor=actor_of(request))
    except InvalidGuidelines as refusal:
        editor.note(refusal.problems)
        return _show(request, table, editor, refusal=refusal, note=request.POST.get("note", ""))
    except EXPECTED as refusal:
        return _show(request, table, editor, refusal=refusal, note=request.POST.get("note", ""))
    said = _("%(table)s is tested.") if command == "test" else _("%(table)s is saved.")
    messages.success(request, said % {"table": table})
    return redirect("credit:guideline", version)


@action(CHANGE)
def check_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Say what is wrong with the form as it stands, field by field; nothing is saved."""
    table = _table(version)
    editor = Editor.of_form(request.POST)
    context = {"table": table, "editor": editor, "is_live": True, **_examined(editor)}
    return render(request, "credit/guideline_findings.html", context)


@action(CHANGE)
def create_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Make a draft that begins as a copy of a version."""
    made: list[int] = []

    def work() -> None:
        draft = services.create_draft(
            rules=None, note="", based_on=version, at=clock.now(), actor=actor_of(request)
        )
        made.append(draft.version)

    _table(version)
    try:
        once_per_form(request, work)
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    return redirect("credit:guideline", made[0]) if made else redirect("credit:guidelines")


@action(CHANGE)
def discard_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Put a draft away."""
    try:
        services.discard_draft(version, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        messages.error(request, explain(refusal)[1])
    else:
        messages.success(request, _("The draft is put away."))
    return redirect("credit:guidelines")


@action(ACTIVATE)
def activate_guideline(request: HttpRequest, version: int) -> HttpResponse:
    """Put a tested draft in force, with the overlaps that were accepted."""
    table = _table(version)
    accepted = request.POST.getlist("accept")
    try:
        services.activate(version, accepted=accepted, at=clock.now(), actor=actor_of(request))
    except EXPECTED as refusal:
        editor = Editor.of_table(table.rules)
        return _show(request, table, editor, refusal=refusal, accepted=accepted)
    messages.success(request, _("%(table)s is in force.") % {"table": table})
    return redirect("credit:guideline", version)


def _table(version: int) -> GuidelineTable:
    return get_object_or_404(GuidelineTable, version=version)


def _save(request: HttpRequest, table: GuidelineTable, editor: Editor) -> object:
    return services.edit_draft(
        table.version,
        rules=editor.as_json(),
        note=request.POST.get("note", ""),
        seen=request.POST.get("seen", ""),
        at=clock.now(),
        actor=actor_of(request),
    )


def _show(
    request: HttpRequest,
    table: GuidelineTable,
    editor: Editor,
    *,
    refusal: Exception | None = None,
    note: str | None = None,
    accepted: list[str] | None = None,
) -> HttpResponse:
    is_draft = table.status in services.guidelines.CHANGEABLE
    fingerprint = tables.fingerprint(table.rules)
    in_force = known.active_table()
    context: dict[str, Any] = {
        "table": table,
        "editor": editor,
        "note": table.note if note is None else note,
        "seen": request.POST.get("seen") or fingerprint,
        "rules": [in_words(rule) for rule in table.rules],
        "refusal": explain(refusal)[1] if refusal else "",
        "is_draft": is_draft,
        "may_edit": is_draft and request.user.has_perm(CHANGE),
        "may_change": request.user.has_perm(CHANGE),
        "may_activate": is_draft and request.user.has_perm(ACTIVATE),
        "in_force": in_force,
        "accepted": accepted or [],
        "blank": EditedRule(key="__k__"),
        "blank_condition": EditedCondition(key="__c__"),
        **_choices(),
        **_examined(editor),
    }
    status = FINE
    if refusal is not None:
        is_invalid = isinstance(refusal, InvalidGuidelines)
        status = UNPROCESSABLE if is_invalid else status_of(refusal)
    return render(request, "credit/guideline.html", context, status=status)


def _choices() -> dict[str, Any]:
    return {
        "facts": FACTS,
        "closed": [fact for fact in FACTS if fact.choices],
        "number_operators": _named_operators(FOR_NUMBERS),
        "text_operators": _named_operators(FOR_TEXTS),
        "both_operators": [(name, OPERATORS[name]) for name in BOTH],
        "outcomes": OUTCOMES.items(),
    }


def _named_operators(names: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the operators that one kind of fact has alone, with their words."""
    return [(name, OPERATORS[name]) for name in names if name not in BOTH]


def _examined(editor: Editor) -> dict[str, Any]:
    """Return what is wrong with the rules, or else what can be proved about them."""
    rules, problems = tables.examine(editor.as_json())
    editor.note(problems)
    if problems:
        return {"problems": problems, "proof": None, "proof_refusal": ""}
    try:
        proof = prove(rules)
    except TooLarge as refusal:
        return {"problems": [], "proof": None, "proof_refusal": str(refusal)}
    return {"problems": [], "proof": proof, "proof_refusal": "", "cases": _named(proof, rules)}


def _named(proof: Proof, rules: Sequence[Rule]) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """Return the overlaps, each with what of its example the two rules look at, by label."""
    facts = {rule.name: {one.fact for one in rule.conditions} for rule in rules}
    return [
        (
            overlap,
            [
                (BY_NAME[name].label, _("unknown") if value is None else value)
                for name, value in overlap.example.facts.items()
                if name in facts[overlap.first] | facts[overlap.second]
            ],
        )
        for overlap in proof.overlaps
    ]
