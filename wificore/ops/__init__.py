"""How the platform is: the one exporter of metrics [public]."""
