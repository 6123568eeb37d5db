"""Ledger, wallets, payments and water: empty until \"Ledger and payments\"."""
