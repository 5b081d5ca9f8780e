"""Posts a message to where a person says, from a process of its own.

The process reads its order from its standard input, so that no list of processes and
no environment shows an address. It is held to a guard at every single connection
(doorkeeper.py), it is ended when its time is up, and what a library logs or prints
about an address is lost with it.
"""

from certs.pki.posting.child import PostingError, check, post
from certs.pki.posting.message import Kind, Message

__all__ = ["Kind", "Message", "PostingError", "check", "post"]
