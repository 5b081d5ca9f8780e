"""A security key in software: answers as a browser with a passkey does."""

import base64
import hashlib
import json
import os
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def to_text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftKey:
    """Holds one credential for `host`; `verifies` by finger, face or PIN."""

    def __init__(self, host="testserver", *, scheme="https", verifies=True):
        self.host = host
        self.origin = f"{scheme}://{host}"
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.id = os.urandom(16)
        self.user_handle = b""
        self.private_key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0

    def create(self, options):
        """Register with what the server asked for."""
        self.user_handle = _bytes(options["publicKey"]["user"]["id"])
        public = cbor.encode(ES256.from_cryptography_key(self.private_key.public_key()))
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(self.flags | ATTESTED) + attested,
        }
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options),
            attestationObject=cbor.encode(attestation),
        )

    def get(self, options):
        """Sign the server's challenge."""
        client_data = self._client_data("webauthn.get", options)
        data = self._data(self.flags)
        signed = data + hashlib.sha256(client_data).digest()
        return self._answer(
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=self.private_key.sign(signed, ec.ECDSA(SHA256())),
            userHandle=self.user_handle,
        )

    def _data(self, flags):
        self.count += 1
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([flags]) + struct.pack(">I", self.count)

    def _client_data(self, kind, options):
        challenge = options["publicKey"]["challenge"]
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin}
        ).encode()

    def _answer(self, **response):
        return json.dumps(
            {
                "type": "public-key",
                "id": to_text(self.id),
                "rawId": to_text(self.id),
                "response": {name: to_text(data) for name, data in response.items()},
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )


def _bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
