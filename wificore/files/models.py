"""What is known of a file; its bytes are in the storage `uploads`."""

from django.db import models
from django.db.models import Q


class FileKind(models.TextChoices):
    LOGO = "logo"
    AVATAR = "avatar"
    ATTACHMENT = "attachment"


# Of these there is one: a new one takes its place.
SINGLE = (FileKind.LOGO, FileKind.AVATAR)


class StoredFile(models.Model):
    """A file and what it belongs to.

    Attributes:
        public_id: names it in URLs; nobody guesses one.
        subject_type, subject_id: what it belongs to: subscriber 12.
        name: as whoever sent it calls it.
        size: in octets.
    """

    public_id = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=20, choices=FileKind.choices)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    ending = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    created_by = models.CharField(max_length=254)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("subject_type", "subject_id"), name="files_subject"),)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "subject_type", "subject_id"),
                condition=~Q(kind="attachment"),
                name="files_one_of_a_kind",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def stored_name(self) -> str:
        """Its name in the storage."""
        return f"{self.public_id}.{self.ending}"
