"""Wallets [tenant]."""

from django.apps import AppConfig


class WalletsConfig(AppConfig):
    name = "transactions.wallets"
    label = "wallets"
    verbose_name = "Wallets"
