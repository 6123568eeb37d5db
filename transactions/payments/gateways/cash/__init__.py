"""Cash over the counter: nobody is asked, and nobody tells us; the drawer is the provider."""
