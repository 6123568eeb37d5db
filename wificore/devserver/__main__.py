"""`python -m wificore.devserver`."""

import sys

from wificore.devserver.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
