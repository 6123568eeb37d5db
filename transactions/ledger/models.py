"""The books' four tables: readable by the application, written by the functions in `sql/` only."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from .kinds import Kind

ACTOR, ACTOR_NAME = 60, 160
KEY = 160


class HoldKind(models.TextChoices):
    """What money is set aside for."""

    HOLD = "hold"
    LEASE = "lease"


class HoldState(models.TextChoices):
    """open -> captured | released | expired; a resolved one never changes again."""

    OPEN = "open"
    CAPTURED = "captured"
    RELEASED = "released"
    EXPIRED = "expired"


class Account(models.Model):
    """One account of the books.

    Attributes:
        owner: whose it is within its kind; empty where there is only one.
        running: `posted` is its balance; otherwise that is the sum of its entries, and 0 here.
        held: what open holds may still take of it.
        min_balance: `posted - held` is never below it; None: no bound. max_balance: `posted` is
            never above it.
    """

    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in Kind])
    owner = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    running = models.BooleanField()
    posted = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0)
    min_balance = models.BigIntegerField(null=True)
    max_balance = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ("kind", "owner")
        constraints = (
            models.UniqueConstraint(fields=["kind", "owner", "currency"], name="ledger_account_of"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in Kind]), name="ledger_account_kind"
            ),
            models.CheckConstraint(condition=Q(held__gte=0), name="ledger_account_held"),
            # Without a bound the comparison is NULL, which a CHECK lets pass.
            models.CheckConstraint(
                condition=Q(posted__gte=F("min_balance") + F("held")), name="ledger_account_least"
            ),
            models.CheckConstraint(
                condition=Q(posted__lte=F("max_balance")), name="ledger_account_most"
            ),
            models.CheckConstraint(
                condition=Q(running=True) | Q(posted=0, held=0), name="ledger_account_running"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.owner}".strip()

    @property
    def available(self) -> int:
        """What may be spent or held, in micro-units."""
        return self.posted - self.held


class Transfer(models.Model):
    """Money that moved: when, why, by whom; written once and never changed.

    Attributes:
        kind: `<what>.<channel>`: "topup.cash", "sale.wallet".
        amount: the sum of its positive entries; reversals of it never sum to more.
        idempotency_key: chosen by the caller, `<what>:<id>`. body_sha256: of what was asked.
        actor: kind and id of who did it: "user:12". actor_name: its address at that time.
    """

    kind = models.CharField(max_length=40)
    idempotency_key = models.CharField(max_length=KEY, unique=True)
    body_sha256 = models.BinaryField(max_length=32)
    amount = models.BigIntegerField()
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversals"
    )
    reason = models.CharField(max_length=300, blank=True)
    actor = models.CharField(max_length=ACTOR, blank=True)
    actor_name = models.CharField(max_length=ACTOR_NAME, blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_transfer_amount"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Entry(models.Model):
    """One account's part of a transfer.

    Attributes:
        balance_after: of the account; None where it has no running balance.
        created_at: later than every earlier entry of a running account: it is read under its lock.
    """

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="entries")
    # No foreign key in the database: it would write to the row of revenue, which every sale
    # touches, and accounts are never deleted. The door looks whether they exist.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_constraint=False
    )
    amount = models.BigIntegerField()
    balance_after = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "entries"
        indexes = (models.Index(fields=["account", "id"], name="ledger_entry_chain"),)
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_amount"),
            models.UniqueConstraint(fields=["transfer", "account"], name="ledger_entry_once"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount}"


class Hold(models.Model):
    """Money of an account that is set aside: for one purchase, or leased to a kiosk.

    Attributes:
        public_id: as the API names it; no two tenants have the same.
        amount: what was set aside. captured: what was taken of it so far.
        reference: what it is for, in the words of the app that placed it: "kiosk:k-1".
    """

    public_id = models.CharField(max_length=32, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=5, choices=HoldKind.choices)
    amount = models.BigIntegerField()
    captured = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=8, choices=HoldState.choices, db_default=HoldState.OPEN)
    idempotency_key = models.CharField(max_length=KEY, unique=True)
    body_sha256 = models.BinaryField(max_length=32)
    reference = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["expires_at"], condition=Q(state="open"), name="ledger_hold_expiring"
            ),
            models.Index(fields=["account"], condition=Q(state="open"), name="ledger_hold_open"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_amount"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, captured__lte=F("amount")),
                name="ledger_hold_captured",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HoldState.values), name="ledger_hold_state"
            ),
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="ledger_hold_kind"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def rest(self) -> int:
        """What may still be captured, in micro-units."""
        return self.amount - self.captured if self.state == HoldState.OPEN else 0
