"""Outgoing webhooks: endpoints, signed deliveries, retries [tenant]."""
