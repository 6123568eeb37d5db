"""HTTP face of jobs, on both hosts."""
