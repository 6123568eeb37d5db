"""The payments app [tenant]."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "transactions.payments"
    label = "payments"
    verbose_name = "Payments"

    def ready(self) -> None:
        from transactions.ledger.suspense import suspense_source
        from transactions.tills.parts import day_part

        from .selectors import of_the_day, suspense_waiting

        day_part("payments", of_the_day)
        suspense_source(suspense_waiting)
