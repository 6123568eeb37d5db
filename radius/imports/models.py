"""Files on their way in. Nothing here outlives its job by more than an hour."""

from django.db import models


class Import(models.Model):
    """radius_import: one file.

    Attributes:
        content: the whole text, encrypted (`kernel.crypto`): the only place that has passwords.
        created: once it is published, how many accounts are new; their logins may still have to
            be compiled.
        update: usernames that exist are changed; without it they are faults.
    """

    content = models.TextField()
    update = models.BooleanField()
    dry_run = models.BooleanField()
    created = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "radius"


class ImportRow(models.Model):
    """radius_import_row: one line as it was written, with no password. Empty: not given.

    Texts have no limit, so that a row with a fault can be staged and compared like any other.
    """

    pk = models.CompositePrimaryKey("batch", "line")
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, db_index=False)
    line = models.PositiveIntegerField()
    username = models.TextField()
    has_password = models.BooleanField()
    plan = models.TextField()
    name = models.TextField()
    phone = models.TextField()
    status = models.TextField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "radius"
        db_table = "radius_import_row"
