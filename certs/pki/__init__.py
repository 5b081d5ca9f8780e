"""Bytes, sockets and verdicts in plain Python: no Django, no database, no clock."""
