"""The table that is listed."""

from django.db import models


class Item(models.Model):
    username = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=32)
    plan = models.CharField(max_length=64)
    status = models.CharField(max_length=12)
    octets = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "shop"

    def __str__(self) -> str:
        return self.username
