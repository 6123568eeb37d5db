"""What people may call things."""

from django.core.validators import RegexValidator

printable = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")
