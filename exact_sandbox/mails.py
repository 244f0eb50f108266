"""What was sent to customers: one line for each message, so that a doubled one is seen.

Nothing leaves the machine; a line in this log is the sending.
"""


class Mails:
    """Writes and reads the log."""

    def __init__(self, store, clock):
        self._store = store
        self._clock = clock

    def send(self, division, invoice, channel, address, subject, attachment):
        """Write one message down.

        :param invoice: the key of the invoice
        :param channel: email, postbox or peppol
        :param attachment: the name of the file that goes with it
        """
        self._store.execute(
            "INSERT INTO mails (time, division, invoice, channel, address, subject, attachment) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            self._clock.wall().isoformat(),
            division,
            invoice,
            channel,
            address,
            subject,
            attachment,
        )

    def all(self):
        """Return all messages, the oldest first."""
        records = self._store.execute("SELECT * FROM mails ORDER BY id")
        return [
            {key: value for key, value in dict(item).items() if key != "id"} for item in records
        ]

    def of(self, division, invoice):
        """Return the messages about one invoice, the oldest first."""
        return [
            item
            for item in self.all()
            if (item["division"], item["invoice"]) == (division, invoice)
        ]

    def clear(self):
        """Forget all messages."""
        self._store.execute("DELETE FROM mails")
