"""HTTP face of resellers."""
