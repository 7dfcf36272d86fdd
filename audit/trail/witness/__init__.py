"""The witness: PostgreSQL itself notes every write to the tables of the vault, the statements and the payments.

An application can forget to record; a bulk write or raw SQL never passes its models. The triggers see all of them. Each night
what they noted is laid beside the events: a transaction that wrote and recorded nothing is found.
"""
