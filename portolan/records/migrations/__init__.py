"""The versions of the database; `portolan.records.migrate` applies them."""
