"""How gunicorn serves the site; every number comes from the environment.

Send SIGHUP to take new code or settings without dropping a request.
"""

import sys
from pathlib import Path

from project.env import ConfigurationError, Environment

wsgi_app = "project.wsgi:application"

try:
    _env = Environment.from_process(Path(__file__).parent)
    bind = _env.text("BIND", "127.0.0.1:8000")
    workers = _env.integer("WEB_WORKERS", 2, low=1, high=64)
    # Threads, because a sync worker waits for each client that keeps its line open.
    threads = _env.integer("WEB_THREADS", 4, low=1, high=64)
    # Seconds. Longer than the longest "Check now".
    timeout = _env.integer("WEB_TIMEOUT", 90, low=10, high=600)
    graceful_timeout = _env.integer("WEB_GRACE", 10, low=1, high=600)
    forwarded_allow_ips = _env.text("PROXY_ADDRESSES", "127.0.0.1")
    # Both or neither: gunicorn then speaks TLS itself.
    certfile = _env.text("TLS_CERTIFICATE") or None
    keyfile = _env.text("TLS_KEY") or None
except ConfigurationError as error:
    sys.exit(f"certdesk: {error}")
if (certfile is None) != (keyfile is None):
    sys.exit("certdesk: TLS_KEY and TLS_CERTIFICATE belong together")

worker_class = "gthread"
max_requests = 10_000  # then a worker starts anew
max_requests_jitter = 1_000
# It would lie in a home directory that a service account may not have.
control_socket_disable = True
# One line of JSON for each event, as Django's: see project/logs.py.
access_log_format = '%(h)s "%(r)s" %(s)s %(B)s bytes %(M)s ms "%(a)s"'
_pass_on = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "project.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"gunicorn.error": _pass_on, "gunicorn.access": _pass_on},
}
