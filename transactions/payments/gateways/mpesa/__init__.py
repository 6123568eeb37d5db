"""M-Pesa by Safaricom's Daraja interface (developer.safaricom.co.ke)."""
