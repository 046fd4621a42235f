"""The versions of the database; `portolan.records.migrate` applies them."""

#: The version that the tables of this release have.
NEWEST = "0005"
