import datetime
import ipaddress

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, hmac

# How often a count is tried again when another request counts the same at once.
RETRIES = 20
KEPT = datetime.timedelta(days=1)


class QmsPublicAttempt(models.Model):
    """How often somebody tried something on a page without a login.

    In the database, so that all workers count together, and in a transaction of its own,
    so that a request that fails afterwards has been counted. Neither the address of the
    client nor what was typed is kept, only a keyed hash that changes every day; rows are
    deleted after a day.
    """

    _name = "qms.public.attempt"
    _description = "Attempts on a public page"
    _log_access = False

    purpose = fields.Char(required=True, readonly=True)
    key_hash = fields.Char(required=True, readonly=True)
    window_start = fields.Datetime(required=True, readonly=True, index=True)
    count = fields.Integer(required=True, readonly=True)

    _once = models.Constraint(
        "UNIQUE(purpose, key_hash, window_start)", "One count for each key and window."
    )

    # === BUSINESS METHODS === #

    @api.model
    def _take(self, purpose, text, limit, minutes):
        """Count one attempt and tell whether it is still within the limit.

        :param str text: what is counted: an address, a code
        :param int limit: attempts allowed in one window of ``minutes``
        """
        query = SQL(
            """INSERT INTO qms_public_attempt (purpose, key_hash, window_start, count)
                    VALUES (%s, %s, %s, 1)
               ON CONFLICT (purpose, key_hash, window_start)
                 DO UPDATE SET count = qms_public_attempt.count + 1
                 RETURNING count""",
            *self._place(purpose, text, minutes),
        )
        count = self._alone(query)
        return count is not None and count <= limit

    @api.model
    def _give_back(self, purpose, text, minutes):
        """Take an attempt back that turned out to be no guess."""
        self._alone(
            SQL(
                """UPDATE qms_public_attempt SET count = GREATEST(count - 1, 0)
                    WHERE purpose = %s AND key_hash = %s AND window_start = %s
                RETURNING count""",
                *self._place(purpose, text, minutes),
            )
        )

    @api.model
    def _place(self, purpose, text, minutes):
        """Return purpose, hash and start of the window in which ``text`` is counted."""
        now = fields.Datetime.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = (now - midnight) // datetime.timedelta(minutes=minutes)
        start = midnight + passed * datetime.timedelta(minutes=minutes)
        scope = f"qms-public-attempt-{start.date()}"
        return purpose, hmac(self.env(su=True), scope, f"{purpose}:{text}"), start

    def _alone(self, query):
        """Run a statement in its own transaction and return its one value.

        Two requests that count the same at once cannot both be right under the isolation
        Odoo uses: the second is told so and tries again. None when that never ends, which
        callers take for "too often".
        """
        for _attempt in range(RETRIES):
            try:
                with self.env.registry.cursor() as cr:
                    cr.execute(query, log_exceptions=False)
                    row = cr.fetchone()
                return row[0] if row else 0
            except psycopg2.errors.SerializationFailure:
                continue
        return None

    @api.model
    def _network(self, address):
        """Return what of an address stands for one client: of IPv6 the /64 network."""
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return "unknown"
        if parsed.version == 6 and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        if parsed.version == 6:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed)

    @api.autovacuum
    def _gc_attempts(self):
        """Forget yesterday's attempts."""
        limit = fields.Datetime.now() - KEPT
        self.env.execute_query(
            SQL("DELETE FROM qms_public_attempt WHERE window_start < %s RETURNING id", limit)
        )
