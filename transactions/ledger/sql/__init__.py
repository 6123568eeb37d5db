"""SQL of the books, one file for each migration that runs it."""

from pathlib import Path

FOLDER = Path(__file__).parent
FUNCTIONS = FOLDER / "functions.sql"
HOLDS = FOLDER / "holds.sql"
