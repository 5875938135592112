from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CollectionConfig(AppConfig):
    # The folder is singular: a top-level `collections` would shadow the standard library.
    name = "collection"
    label = "collections"
    verbose_name = _("Collections")
