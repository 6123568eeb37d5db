"""The web client's pages: one HTML page that Django sends for every address that is not its own.

GET /customers/12 -> page.py: frontend/dist/index.html + what this host is (boot.py)
GET /assets/..    -> WhiteNoise: files with hashes in their names, cached for ever
"""
