"""A command of Bauta's in a process that a control has spoilt; only the seizure test starts it."""

from __future__ import annotations

import sys

from app.cli.main import main
from app.cli.seizure.damage import CONTROLS

if __name__ == "__main__":
    CONTROLS[sys.argv[1]]()
    sys.exit(main(sys.argv[2:]))
