"""Each schema's built-in roles, and every user's role as one of them."""

from typing import Any

from django.db import migrations

from wificore.kernel.db.context import current

PLATFORM = {"operator": "Platform operator"}
TENANT = {
    "owner": "Owner",
    "manager": "Manager",
    "cashier": "Cashier",
    "technician": "Technician",
    "viewer": "Viewer",
}
# What the first release called the cashier.
RENAMED = {"clerk": "cashier"}


def fill(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    titles = PLATFORM if current().is_platform else TENANT
    roles = apps.get_model("access", "Role").objects.using(alias)
    for name, title in titles.items():
        roles.get_or_create(name=name, defaults={"title": title, "built_in": True})
    apps.get_model("access", "Settings").objects.using(alias).get_or_create(pk=1)
    for user in apps.get_model("access", "User").objects.using(alias).all():
        user.roles.add(*roles.filter(name=RENAMED.get(user.role, user.role)))


class Migration(migrations.Migration):
    dependencies = [("access", "0002_organisation")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
