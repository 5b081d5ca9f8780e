"""Rows with only what matters said; certificates are really signed."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

from accounts.tests.factories import make_team, make_user, unnoticed
from certs.models import (
    Certificate,
    Channel,
    Endpoint,
    Policy,
    Reachability,
    TrustStore,
)
from certs.pki.demo.authority import Authority, Wish
from certs.pki.tls import ProbeResult
from certs.pki.x509 import parse_der
from certs.services import channels, inventory, search, trust

__all__ = ["make_team", "make_user"]  # so that a test imports from one place

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
_numbers = count(1)


@cache
def authority():
    return Authority("Test", now=NOW)


def make_chain(*names, days=90, lifetime=100, now=NOW, **wish):
    """DER, leaf first: a leaf for `names` that ends `days` from `now`."""
    names = names or (f"host{next(_numbers)}.example.org",)
    end = now + timedelta(days=days)
    leaf = authority().issue(
        Wish(
            common_name=names[0],
            dns_names=names,
            not_before=end - timedelta(days=lifetime),
            not_after=end,
            **wish,
        )
    )
    return leaf.chain


def make_certificate(*names, now=NOW, **wish):
    parsed = parse_der(make_chain(*names, now=now, **wish)[0])
    return inventory.store([parsed], now=now)[parsed.fingerprint_sha256]


def make_root():
    return parse_der(authority().root.der)


@unnoticed
def make_store(name, *, roots=(), teams=(), user=None, **fields):
    store = TrustStore.objects.create(name=name, **fields)
    store.teams.set(teams)
    trust.add_roots(store, roots, user=user, now=NOW)
    return store


@unnoticed
def make_policy(name=None, *, channels=(), **fields):
    policy = Policy.objects.create(name=name or f"Policy {next(_numbers)}", **fields)
    policy.channels.set(channels)
    return policy


@unnoticed
def make_channel(name=None, *, address="json://127.0.0.1:9/token", **fields):
    channel = Channel(name=name or f"Channel {next(_numbers)}", **fields)
    channels.replace_address(channel, address)
    channel.save()
    return channel


@unnoticed
def make_endpoint(host=None, *, contacts=None, tags=None, **fields):
    host = host or f"host{next(_numbers)}.example.org"
    return inventory.save_endpoint(
        Endpoint(host=host, **fields), contacts=contacts, tags=tags
    )


def make_checked(host=None, *, days=90, now=NOW, **fields):
    """An endpoint whose last check found a certificate with `days` left."""
    endpoint = make_endpoint(host, **fields)
    certificate = make_certificate(endpoint.host, days=days, now=now)
    Endpoint.objects.filter(pk=endpoint.pk).update(
        status=Reachability.UP,
        certificate=certificate,
        not_before=certificate.not_before,
        not_after=certificate.not_after,
        issuer=certificate.issuer_name,
        name_matches=True,
        is_trusted=True,
        observed_at=now,
    )
    endpoint = Endpoint.objects.get(pk=endpoint.pk)
    search.renew_endpoints([endpoint])
    return endpoint


def answers(*chains, **fields):
    """A probe that gives `chains` in turn, the last one for ever; no network."""
    left = list(chains)

    def probe(targets):
        for target in targets:
            nodes = target.addresses or ("192.0.2.1",)
            for address in nodes:
                chain = left.pop(0) if len(left) > 1 else left[0]
                known = {"address": address, "nodes": len(nodes)}
                yield seen(target, chain, **{**known, **fields})

    return probe


def refuses(targets):
    for target in targets:
        yield seen(target, (), error_code="refused", error_text="Refused.")


def seen(target, chain, **fields):
    return ProbeResult(
        **{
            "target": target,
            "address": "192.0.2.1",
            "chain": chain,
            "tls_version": "TLSv1.3" if chain else "",
            "cipher": "TLS_AES_256_GCM_SHA384" if chain else "",
            "latency_ms": 7 if chain else None,
            **fields,
        }
    )


def latest(endpoint):
    return endpoint.observations.newest_first().first()


def certificates():
    """What was seen or uploaded: all but the roots of trust stores."""
    return Certificate.objects.filter(trust_roots=None)
