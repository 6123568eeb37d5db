"""HTTP face of reports and statements."""
