"""The notifications app [tenant]."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class NotificationsConfig(AppConfig):
    name = "wificore.notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        # Each app says in its `notices` module what people are told of its events.
        autodiscover_modules("notices")

        from wificore.access.records import site_user

        from .handlers import listen
        from .selectors import tasks_at

        listen()
        site_user("Open tasks are", tasks_at)
