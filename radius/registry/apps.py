"""The router registry [public]."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "radius.registry"
    label = "radius_registry"
    verbose_name = "Router registry"
