"""The words of an estate, and how often each is said."""

from certs.pki.demo.mint import Issuer


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SERVICES = _words(
    "api www app web mail auth login sso gw proxy cdn img db-admin vault grafana ldap "
    "git ci registry backup vpn mq search queue files print"
)
PRODUCTS = _words(
    "payments orders billing catalog checkout loyalty claims payroll fleet stock "
    "ledger trading cards loans portal support docs media maps reports identity crm "
    "wiki archive"
)
DOMAINS = _words(
    "nordbank.example corp.nordbank.example fjordline.example shop.fjordline.example "
    "havnkraft.example grid.havnkraft.example tindco.example cloud.tindco.example "
    "lab.tindco.example elvemedia.example"
)
TEAMS = _words(
    "Web Payments Identity Network Database Platform Security Retail Logistics "
    "Energy Media Workplace Analytics Mobile Integration Archive Office Research "
    "Trading Insurance Support Cloud Lab Telephony"
)
TAGS = _words("pci public internal legacy critical dmz k8s vendor dr gdpr")
ISSUERS = (
    (Issuer(common_name="R11", organization="Let's Encrypt", country="US"), 26),
    (Issuer(common_name="E7", organization="Let's Encrypt", country="US"), 20),
    (
        Issuer(
            common_name="Nordbank Issuing CA 2", organization="Nordbank", country="NO"
        ),
        22,
    ),
    (
        Issuer(common_name="Tindco Server CA", organization="Tindco AS", country="NO"),
        10,
    ),
    (
        Issuer(
            common_name="DigiCert Global G2 TLS RSA SHA256 2020 CA1",
            organization="DigiCert Inc",
            country="US",
        ),
        9,
    ),
    (
        Issuer(
            common_name="Sectigo Public Server Authentication CA DV R36",
            organization="Sectigo Limited",
            country="GB",
        ),
        7,
    ),
    (Issuer(common_name="WE1", organization="Google Trust Services", country="US"), 6),
)
FIRST_NAMES = _words(
    "ann ben cleo dag eva finn gro hans ida jon kari leif mona nils olga per rune siri "
    "tor una"
)
LAST_NAMES = _words(
    "aas berg dahl eide foss gran haug iversen juul krog lund moen nygaard olsen p-vik "
    "rud strand tveit ulven vik wold yri zahl aune bakke"
)
ACME = {"Let's Encrypt", "Google Trust Services"}
PORTS = ((443, 86), (8443, 6), (636, 3), (993, 2), (465, 1), (6443, 2))
ENVIRONMENTS = (("production", 70), ("staging", 18), ("development", 12))
INFIX = {"production": "", "staging": "stg.", "development": "dev."}
ERRORS = (
    ("timeout", "The server did not answer in time."),
    ("refused", "The server refused the connection."),
    ("unreachable", "The server cannot be reached: no route to host."),
    ("alert_40", "The server ended the handshake with alert 40 (handshake failure)."),
)
NOTES = (
    "Ask the owner before the change window on Sunday.",
    "Behind the load balancer; the certificate is on the F5.",
    "Appliance: certificates by hand, restart needed.",
    "To be switched off with the old data centre.",
)
