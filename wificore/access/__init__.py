"""Who may do what: users, API tokens and the one `decide()`; in public and in every tenant."""
