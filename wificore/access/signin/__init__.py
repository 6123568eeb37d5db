"""How people and their apps sign in: django-allauth (headless) with our lock-out, per schema."""
