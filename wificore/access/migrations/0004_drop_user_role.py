"""Roles are rows now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0003_built_in_roles")]
    operations = [migrations.RemoveField(model_name="user", name="role")]
