"""Who is told what, and how: departments, in-app, e-mail, SMS [tenant]."""
