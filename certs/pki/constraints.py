"""Name constraints: the names that a CA may issue for (RFC 5280 section 4.2.1.10)."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from cryptography import x509
from cryptography.x509.oid import NameOID

from certs.pki.links import Link

MAX_COMPARISONS = 250_000

_HOST_NAMES = (x509.DNSName, x509.IPAddress)
_JUDGED = (*_HOST_NAMES, x509.DirectoryName, x509.RFC822Name)


def violations(links: Sequence[Link]) -> Iterator[str]:
    """Yield what breaks the constraints of a path, leaf first: a sentence for each.

    RFC 5280 section 6.1.3 (b) and (c): self-issued certificates are exempt, but for
    the leaf. The root's own constraints count, as they do for clients.
    """
    left = MAX_COMPARISONS
    for position, authority in enumerate(links):
        limits = authority.extension(x509.NameConstraints)
        if position == 0 or limits is None:
            continue
        permitted = limits.value.permitted_subtrees or []
        excluded = limits.value.excluded_subtrees or []
        for link in links[:position]:
            if link.is_self_issued and link is not links[0]:
                continue
            names = _names(link)
            left -= len(names) * (len(permitted) + len(excluded))
            if left < 0:
                yield f"{authority.name} constrains more names than can be judged."
                return
            if not all(_is_allowed(name, permitted, excluded) for name in names):
                yield f"{authority.name} may not issue for a name of {link.name}."


def has_unusual(link: Link) -> bool:
    """Tell whether a certificate constrains other names than those of hosts."""
    limits = link.extension(x509.NameConstraints)
    if limits is None:
        return False
    subtrees = [
        *(limits.value.permitted_subtrees or ()),
        *(limits.value.excluded_subtrees or ()),
    ]
    return not all(isinstance(each, _HOST_NAMES) for each in subtrees)


def _names(link: Link) -> list[x509.GeneralName]:
    """Return the alternative names and the subject; its mail addresses stand in."""
    alternative = link.extension(x509.SubjectAlternativeName)
    names: list[x509.GeneralName] = list(alternative.value) if alternative else []
    subject = link.strict.subject if link.strict else x509.Name([])
    if subject.rdns:
        names.append(x509.DirectoryName(subject))
    if alternative is None:
        mails = subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
        names += [x509.RFC822Name(str(mail.value)) for mail in mails]
    return names


def _is_allowed(
    name: x509.GeneralName,
    permitted: Sequence[x509.GeneralName],
    excluded: Sequence[x509.GeneralName],
) -> bool:
    """Tell whether no subtree excludes `name`, and one permits it if any is given.

    A name of a kind that is constrained, but not judged here, is not allowed.
    """
    allowed = [each for each in permitted if type(each) is type(name)]
    forbidden = [each for each in excluded if type(each) is type(name)]
    if not isinstance(name, _JUDGED):
        return not allowed and not forbidden
    if any(_is_within(name, each) or _covers(name, each) for each in forbidden):
        return False
    return not allowed or any(_is_within(name, each) for each in allowed)


def _covers(name: x509.GeneralName, subtree: x509.GeneralName) -> bool:
    """Tell whether a wildcard stands for the host that a subtree names."""
    if not isinstance(name, x509.DNSName) or not name.value.startswith("*."):
        return False
    _label, _dot, parent = str(subtree.value).lower().partition(".")
    return parent == name.value[2:].lower()


def _is_within(name: x509.GeneralName, subtree: x509.GeneralName) -> bool:
    """Tell whether `name` is in a subtree of the same kind."""
    if isinstance(name, x509.DNSName):
        return _is_below(name.value, subtree.value)
    if isinstance(name, x509.IPAddress):
        network = subtree.value
        is_network = isinstance(network, IPv4Network | IPv6Network)
        return is_network and name.value in network
    if isinstance(name, x509.DirectoryName):
        rdns = subtree.value.rdns
        return bool(name.value.rdns[: len(rdns)] == rdns)
    return _is_mail_within(name.value, subtree.value)


def _is_below(host: str, domain: str) -> bool:
    """Tell whether a domain has `host`; one that begins with a dot lacks itself."""
    host, domain = host.lower(), domain.lower()
    if not domain or host == domain:
        return True
    return host.endswith(domain if domain.startswith(".") else f".{domain}")


def _is_mail_within(mail: str, subtree: str) -> bool:
    """Tell whether a mailbox, a host or, with a dot before it, a domain has `mail`."""
    mailbox, _at, host = mail.rpartition("@")
    wanted_mailbox, at, wanted = subtree.rpartition("@")
    if at:
        return mailbox == wanted_mailbox and host.lower() == wanted.lower()
    if wanted.startswith("."):
        return host.lower().endswith(wanted.lower())
    return host.lower() == wanted.lower()
