"""USE CASE. What stands between this set-up and an inbox or a feed reader: `publisher doctor`.

`domains` asks the DNS about the domains that mail is from, `mail` looks at relay and keys, `site`
at the rest; none of them changes anything.
"""

from publisher.checkup.check import Check
from publisher.checkup.run import examine

__all__ = ["Check", "examine"]
