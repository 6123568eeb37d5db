"""The ingester: spool files in, rows out (RADIUS 1 and 4).

    FreeRADIUS -> spool/acct/acct-202601311200.tsv      one line a packet, one file a minute
                  spool/postauth/postauth-...tsv
    runner     -> spool      next block of whole lines of the oldest file that has grown
               -> records    checked, ill-formed lines set apart, turned into COPY text
               -> database   one transaction: COPY into a staging table, one call per tenant,
                             the file's checkpoint
               -> quarantine what nobody can apply, with its reason; everything else goes on

The checkpoint moves in the batch's own transaction, so whatever dies, nothing is lost or applied
twice. A batch that is not applied keeps its spool.
"""
