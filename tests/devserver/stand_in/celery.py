"""Stand-in for `python -m celery`: workers and beat that say ready, and nothing else."""

import sys

from manage import forever

if __name__ == "__main__":
    forever("beat" if "beat" in sys.argv else "worker_ddl" if "ddl" in sys.argv else "worker")
