"""The least that django-tenants asks for."""

from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    auto_create_schema = False

    class Meta:
        app_label = "customers"


class Domain(DomainMixin):
    class Meta:
        app_label = "customers"
