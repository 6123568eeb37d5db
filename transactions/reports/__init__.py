"""Reports: the books, read for people. Nothing is written here, and there are no tables.

Figures are the ledger's; what is ours (cash, clearing) is shown above 0, as people expect it.
"""
