"""Side-by-side benchmarks; `make bench` prints their tables. No test depends on them."""
