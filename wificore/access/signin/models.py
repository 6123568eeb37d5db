"""How often each account was tried: the counter behind the lock-out, one table in each schema."""

from django.db import models


class Lockout(models.Model):
    """Tries of one account since its last success; no row means none.

    Attributes:
        account: a keyed hash of the address, so that accounts that do not exist count alike and
            the table tells nobody which addresses were tried.
        tries: those that failed, and those that are being decided at this moment.
        tried_at: when the last one was admitted. A locked account is open again some time later
            (`SignInConf.locked_s`), however often it is tried in the meantime.
    """

    account = models.CharField(max_length=64, primary_key=True)
    tries = models.PositiveSmallIntegerField()
    tried_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "access"

    def __str__(self) -> str:
        return self.account[:8]
