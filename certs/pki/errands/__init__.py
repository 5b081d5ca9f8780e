"""Posts a message, or fetches a file, in a process of its own.

The process reads its order from its standard input, so that no list of processes and
no environment shows an address. It is held to a guard at every single connection
(doorkeeper.py), it is ended when its time is up, and what a library logs or prints
about an address is lost with it.
"""

from certs.pki.errands.child import ErrandError, check, fetch, post
from certs.pki.errands.message import Kind, Message

__all__ = ["ErrandError", "Kind", "Message", "check", "fetch", "post"]
