"""SQL of water, one file for each migration that runs it."""

from pathlib import Path

FOLDER = Path(__file__).parent
DISPENSES = FOLDER / "dispenses.sql"
COUNTING = FOLDER / "counting.sql"
