from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from o2c.kernel.form_words import use_plain_words


class KernelConfig(AppConfig):
    name = "o2c.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Import what each stage registers: event handlers, daily jobs, invariants, words."""
        use_plain_words()
        autodiscover_modules(
            "handlers", "shop.handlers", "partners.handlers", "tasks", "invariants", "words"
        )
