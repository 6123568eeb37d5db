"""Tests of the launcher; they need no Django."""
