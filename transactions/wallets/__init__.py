"""Wallets: a customer's money, for WiFi and water alike.

    radius.Subscriber  1--1  Wallet  --  account `wallet`, never below 0
                                     --  account `receivable`: what the customer owes

Paying in pays what is owed first. A wallet's balance is its account's: there is no second figure.
"""
