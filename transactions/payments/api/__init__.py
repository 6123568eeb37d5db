"""/api/v1/payments/ for staff, and /api/v1/pay/cb/ for providers."""
