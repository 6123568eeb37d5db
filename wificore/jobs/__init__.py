"""Jobs [public and tenant]: work in the background that people can follow, and claims of beat."""
