"""Says in one sentence what to do when this Python cannot set up Equipoise. Must run on any Python 3."""

import sys

TOO_OLD = (
    "Equipoise needs Python 3.11 or newer, and {python} is {version}: "
    "install a newer one and name it, for example: make run PYTHON=python3.12"
)
NO_VENV = (
    "This Python cannot make virtual environments ({python} has no venv or no ensurepip): "
    "install them (on Debian and Ubuntu: apt-get install python3-venv), then run make again."
)

if sys.version_info < (3, 11):  # noqa: UP036  this is the very question
    sys.exit(TOO_OLD.format(python=sys.executable, version=sys.version.split()[0]))
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit(NO_VENV.format(python=sys.executable))
