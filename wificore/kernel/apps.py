"""The floor as a Django app: it has system checks, but no models."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "wificore.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        # Registers its check; the backend it knows needs the apps.
        from .db import boot  # noqa: F401

        # Each app says in its `partitions.py` which of its tables are partitioned.
        autodiscover_modules("partitions")
