"""HTTP face of the trail, on both hosts."""
