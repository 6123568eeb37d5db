"""The demo as a Django app: installed by the development settings only."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "wificore.demo"
    verbose_name = "Demo"
