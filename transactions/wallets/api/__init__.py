"""HTTP face of wallets."""
