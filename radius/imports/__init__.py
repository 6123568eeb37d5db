"""Subscribers from a CSV file: all of them, or none and a list of what is wrong.

    upload   reading     the file as a whole: size, encoding, header, number of rows
             services    stored encrypted in radius_import, together with its job
    job      cells       each row by itself: faults by line and field
             staging     rows without passwords into radius_import_row, 1,000 in a transaction
             checking    rows beside what is stored, one query: plans, usernames
             publishing  subscribers, rad* rows, audit, event and the job's end, one transaction

A worker that dies before that transaction leaves staged rows, which the next one goes on with;
one that dies in it leaves nothing of it. Both tables are emptied when the job ends; what dead
jobs leave there beat clears away.
"""
