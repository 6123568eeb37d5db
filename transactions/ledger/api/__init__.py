"""HTTP face of the books."""
