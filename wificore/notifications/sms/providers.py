"""The providers that there are, by their name in the settings."""

from .africastalking.client import AfricasTalking
from .provider import Provider

PROVIDERS: dict[str, Provider] = {"africastalking": AfricasTalking()}
