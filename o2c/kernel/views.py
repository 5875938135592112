"""Pages about the portal itself."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from o2c.kernel.ui import gallery


def livez(request: HttpRequest) -> JsonResponse:
    """Say that this process answers. Touches nothing else, so nothing else restarts it."""
    return JsonResponse({"status": "ok"})


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead to our mark: a browser that shows a PDF of ours asks here for its picture."""
    return redirect(static("o2c/mark.svg"))


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether this process can do its work: the database is there and migrated."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "database away"}, status=503)
    if pending:
        return JsonResponse({"status": "migrations pending"}, status=503)
    return JsonResponse({"status": "ok"})


def components(request: HttpRequest) -> HttpResponse:
    """Show every part of the design system (only when DEBUG is on)."""
    return render(request, "components/gallery.html", gallery.sample())
