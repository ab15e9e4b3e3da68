"""The list, the message, the ledger and the wire: how an edition reaches those who asked for it."""
