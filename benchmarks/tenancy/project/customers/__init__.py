"""Who the tenants are, for stock django-tenants."""
