"""Who is told of what, and when: a ledger is written before anything is sent."""
