"""The deep check: everything that an endpoint would agree to."""

from certs.pki.deep.check import DEFAULT_PAUSE, deep
from certs.pki.deep.many import deep_all
from certs.pki.deep.result import DeepResult, OfferedSuite

__all__ = ["DEFAULT_PAUSE", "DeepResult", "OfferedSuite", "deep", "deep_all"]
