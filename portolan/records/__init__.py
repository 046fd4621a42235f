"""The read model, the audit trail and the inbox of carrier messages, in SQL."""
