"""Second factors: who must have one. The factors themselves are django-allauth's (signin/)."""
