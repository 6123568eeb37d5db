"""The floor as a Django app: it has system checks, but no models."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "wificore.kernel"
    label = "kernel"
    verbose_name = "Kernel"
