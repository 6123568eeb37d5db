"""Paystack (paystack.com): a page to pay on, and signed webhooks."""
