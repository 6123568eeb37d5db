"""What happens in a tenant, sent to servers that the tenant named (Standard Webhooks) [tenant].

    event log --relay--> fan_out: a row per endpoint that may see it    one transaction, idempotent
                           |  wake
                           v
    worker-outbound      send_due: one runner per endpoint, by its lease; HTTP in threads
                           |
                           v
    webhooks_delivery    pending -> delivered | failed, with every attempt

Redis only wakes: what is due lies in the tenant's tables, and beat looks there every 30 seconds.
"""
