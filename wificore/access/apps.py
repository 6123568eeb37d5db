"""The access app [public and tenant]."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "wificore.access"
    verbose_name = "Staff and access"

    def ready(self) -> None:
        # Each app says in its `searches` module what the search box finds of it.
        autodiscover_modules("searches")

        from allauth.account.signals import user_logged_in
        from allauth.usersessions.signals import on_user_logged_in

        from tenants.hooks import on_tenant_created
        from wificore.kernel import rights

        from .checks import may
        from .mfa import receivers as factors  # noqa: F401  # registers what listens
        from .records import record_kind
        from .selectors import site_record
        from .services import seed_organisation, seed_owner
        from .signin import receivers, sessions  # noqa: F401  # the same

        # It reads every session of the user at every sign-in; ours also hears the admin's.
        user_logged_in.disconnect(on_user_logged_in)

        on_tenant_created(seed_owner)
        on_tenant_created(seed_organisation)
        record_kind("site", site_record)
        rights.install(may)
