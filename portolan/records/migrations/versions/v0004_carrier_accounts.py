"""Carrier accounts: links, cursors, holds, and what the inbox needs to find the order a message is about."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()


def upgrade() -> None:
    op.create_table(
        "carrier_links",
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("carrier_order_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("carrier", "carrier_order_id", name="pk_carrier_links"),
    )
    op.create_index("ix_carrier_links_key", "carrier_links", ["key"])
    op.create_index("ix_carrier_links_order_id", "carrier_links", ["order_id"])
    op.create_table(
        "carrier_cursors",
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("cursor", TEXT, nullable=False),
        sa.Column("listed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("carrier", name="pk_carrier_cursors"),
    )
    op.create_table(
        "carrier_holds",
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("carrier", name="pk_carrier_holds"),
    )
    op.create_table(
        "waiting_submissions",
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("turn", name="pk_waiting_submissions"),
        sa.UniqueConstraint("order_id", name="uq_waiting_submissions_order_id"),
    )
    op.create_index("ix_waiting_submissions_carrier", "waiting_submissions", ["carrier"])
    with op.batch_alter_table("carrier_messages") as batch:
        for name in ("carrier_order_id", "reference", "kind", "said", "raw"):
            batch.add_column(sa.Column(name, TEXT, nullable=False, server_default=""))
        batch.create_index("ix_carrier_messages_carrier_order_id", ["carrier_order_id"])


def downgrade() -> None:
    raise NotImplementedError("Records are not taken back; restore a backup.")
