"""Resellers: shops that sell plans from a float they paid ahead, for a commission.

float top-up   cash drawer -> float
sale           float pays the price less the commission; revenue is the whole price, and the
               commission is an expense of its own
"""
