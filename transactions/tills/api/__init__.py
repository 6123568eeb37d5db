"""HTTP face of tills."""
