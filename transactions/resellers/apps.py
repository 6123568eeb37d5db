"""Resellers [tenant]."""

from django.apps import AppConfig


class ResellersConfig(AppConfig):
    name = "transactions.resellers"
    label = "resellers"
    verbose_name = "Resellers"
