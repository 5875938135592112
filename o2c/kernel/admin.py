"""What an administrator sets once for the company."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from o2c.kernel.models import Company


class CompanyForm(forms.ModelForm[Company]):
    gs1_prefix = forms.RegexField(
        regex=r"^[0-9]{7,10}$",
        required=False,
        label=_("GS1 company prefix"),
        help_text=_("7 to 10 digits, as GS1 gave it to us: packages get an SSCC with it."),
        error_messages={"invalid": _("Enter 7 to 10 digits.")},
    )

    class Meta:
        model = Company
        fields = ("gs1_prefix",)


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin[Company]):
    form = CompanyForm
    list_display = ("code", "name", "gs1_prefix")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Company | None = None) -> bool:
        return False
