"""The floor: database context, API plumbing, crypto, settings. Imports no app."""
