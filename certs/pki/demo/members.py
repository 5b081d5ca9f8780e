"""Who is in the demo fleet, and what is right or wrong with each."""

from dataclasses import dataclass

DOMAIN = "demo.test"

WEB, MAIL, PLATFORM, OFFICE = "Web", "Mail", "Platform", "Office IT"
CONTACTS = {
    WEB: "web-team@example.org",
    MAIL: "postmaster@example.org",
    PLATFORM: "platform@example.org",
    OFFICE: "office-it@example.org",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One member of the fleet before it runs.

    `days` is how many days from now its certificate ends, `begins` how many it begins
    (both negative for the past). `dns_names` are the certificate's, by default the
    host. `issuer` is trusted, legacy (an RSA intermediate below the same root),
    untrusted or itself; `server` one of the behaviours of `certs.pki.demo.fleet`.
    """

    name: str
    team: str
    note: str
    days: int = 60
    begins: int = -10
    environment: str = "production"
    contact: str = ""
    tags: tuple[str, ...] = ()
    host: str = ""
    dns_names: tuple[str, ...] = ()
    key_kind: str = "ecdsa-p256"
    is_sha1: bool = False
    issuer: str = "trusted"
    server: str = "tls"


def _well(
    name: str,
    team: str,
    days: int,
    note: str,
    *tags: str,
    environment: str = "production",
) -> Plan:
    """Return a healthy member, whose certificate lives 90 days, or 200 if need be."""
    lifetime = 90 if days < 90 else 200  # noqa: PLR2004 - ACME's habit, SC-081v3's limit
    return Plan(
        name=name,
        team=team,
        days=days,
        begins=days - lifetime,
        note=note,
        tags=tags,
        environment=environment,
    )


_HEALTHY = (
    _well("www", WEB, 64, "The public site, renewed by ACME.", "public", "acme"),
    _well("shop", WEB, 41, "The shop, renewed by ACME.", "public", "acme"),
    _well("blog", WEB, 83, "The blog, renewed by ACME.", "public", "acme"),
    _well("cdn", WEB, 57, "Static files for the site.", "public", "acme"),
    _well("api", WEB, 28, "The public API.", "public", "api"),
    _well("mail", MAIL, 122, "Incoming mail and webmail.", "public"),
    _well("imap", MAIL, 122, "Mail boxes for staff.", "internal"),
    _well("lists", MAIL, 17, "Mailing lists; its renewal is due.", "public"),
    _well("autodiscover", MAIL, 95, "Sets up mail clients.", "public"),
    _well("vpn", OFFICE, 190, "Remote access, freshly renewed.", "public"),
    _well("ldap", OFFICE, 151, "The directory of people.", "internal"),
    _well("sso", OFFICE, 36, "Single sign-on for every internal site.", "internal"),
    _well("wiki", OFFICE, 74, "The intranet's wiki.", "internal"),
    _well("print", OFFICE, 133, "Print server in the main office.", "internal"),
    _well("git", PLATFORM, 52, "Source code.", "internal", "acme"),
    _well("ci", PLATFORM, 12, "Build server; its renewal is due.", "internal"),
    _well("registry", PLATFORM, 88, "Container images.", "internal", "acme"),
    _well("grafana", PLATFORM, 170, "Dashboards.", "internal"),
    _well(
        "staging", WEB, 33, "The site's next version.", "acme", environment="staging"
    ),
    _well(
        "api-dev", WEB, 69, "The API's next version.", "api", environment="development"
    ),
)

_CERTIFICATES = (
    Plan(
        name="ending-soon",
        team=WEB,
        days=3,
        begins=-87,
        note="Ends in 3 days: nobody renewed it yet.",
        contact="maria.silva@example.org",
        tags=("public",),
    ),
    Plan(
        name="expired",
        team=WEB,
        days=-2,
        begins=-92,
        note="Expired 2 days ago: the renewal job failed.",
        contact="maria.silva@example.org",
        tags=("public",),
    ),
    Plan(
        name="long-expired",
        team=OFFICE,
        days=-400,
        begins=-765,
        note="Expired more than a year ago: the host was forgotten.",
        environment="development",
        tags=("internal",),
    ),
    Plan(
        name="not-yet-valid",
        team=PLATFORM,
        days=95,
        begins=5,
        note="Begins in 5 days: it was put into service too early.",
        environment="staging",
    ),
    Plan(
        name="self-signed",
        team=PLATFORM,
        issuer="itself",
        note="Signed by itself: no client can know whom it belongs to.",
        environment="development",
    ),
    Plan(
        name="untrusted-root",
        team=OFFICE,
        issuer="untrusted",
        note="Issued by a certificate authority that nobody trusts.",
        tags=("internal",),
    ),
    Plan(
        name="missing-intermediate",
        team=WEB,
        server="tls-leaf-only",
        note="Sends no intermediate certificate: some clients fail, others do not.",
        tags=("public",),
    ),
    Plan(
        name="wrong-host",
        team=WEB,
        dns_names=(f"another.{DOMAIN}",),
        note="Its certificate is for another host name.",
        environment="staging",
    ),
    Plan(
        name="wildcard",
        team=WEB,
        dns_names=(f"*.{DOMAIN}",),
        note="Covered by a wildcard, which many hosts share.",
        tags=("public",),
    ),
    Plan(
        name="hundred-names",
        team=WEB,
        dns_names=(
            f"hundred-names.{DOMAIN}",
            *(f"customer-{number:02}.{DOMAIN}" for number in range(1, 100)),
        ),
        note="One certificate for 100 names.",
        tags=("public",),
    ),
    Plan(
        name="buecher",
        team=WEB,
        host=f"bücher.{DOMAIN}",
        note="An international name: its certificate has it as A-label.",
        tags=("public",),
    ),
    Plan(
        name="rsa-1024",
        team=OFFICE,
        key_kind="rsa-1024",
        note="An RSA key of 1024 bits, too short since 2014.",
        tags=("internal",),
    ),
    Plan(
        name="sha1",
        team=OFFICE,
        key_kind="rsa-2048",
        is_sha1=True,
        issuer="legacy",
        note="Signed with SHA-1, which can be forged.",
        tags=("internal",),
    ),
    Plan(
        name="rsa",
        team=MAIL,
        key_kind="rsa-2048",
        issuer="legacy",
        note="A healthy RSA key of 2048 bits.",
    ),
    Plan(
        name="ed25519",
        team=PLATFORM,
        key_kind="ed25519",
        note="A healthy Ed25519 key, which browsers do not know.",
        environment="staging",
    ),
)

_CONNECTIONS = (
    Plan(
        name="tls12-only",
        team=MAIL,
        server="tls-1.2",
        note="Speaks TLS 1.2, but not 1.3.",
    ),
    Plan(
        name="client-certificate",
        team=PLATFORM,
        server="tls-mutual",
        note="Demands a certificate from its clients; its own can be read.",
        tags=("internal",),
    ),
    Plan(
        name="refuses",
        team=PLATFORM,
        server="refuses",
        note="Refuses connections: nothing listens on its port.",
        environment="development",
    ),
    Plan(
        name="never-answers",
        team=PLATFORM,
        server="never-answers",
        note="Accepts connections and then says nothing.",
        environment="development",
    ),
    Plan(
        name="plain-http",
        team=WEB,
        server="plain-http",
        note="Speaks HTTP without TLS on this port.",
        environment="development",
    ),
    Plan(
        name="closes",
        team=PLATFORM,
        server="closes",
        note="Closes the connection as soon as a client speaks.",
        environment="staging",
    ),
    Plan(
        name="alert",
        team=PLATFORM,
        server="alert",
        note="Ends every handshake with the alert handshake_failure.",
        environment="staging",
    ),
    Plan(
        name="smtp",
        team=MAIL,
        server="smtp",
        note="Outgoing mail: TLS begins when the client asks for it.",
        tags=("internal",),
    ),
)

PLANS = (*_HEALTHY, *_CERTIFICATES, *_CONNECTIONS)
