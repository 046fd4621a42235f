"""Cases that people carry on with carriers' desks, and what was said in them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()


def upgrade() -> None:
    op.create_table(
        "desk_cases",
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("about", TEXT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_desk_cases"),
    )
    for name in ("carrier", "order_id", "about"):
        op.create_index(f"ix_desk_cases_{name}", "desk_cases", [name])
    op.create_table(
        "desk_sendings",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_desk_sendings"),
    )
    op.create_index("ix_desk_sendings_case_id", "desk_sendings", ["case_id"])
    op.create_table(
        "desk_entries",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", TEXT, nullable=False),
        sa.Column("entry_id", TEXT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("from_carrier", sa.Boolean(), nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["desk_cases.case_id"], name="fk_desk_entries_case_id"),
        sa.PrimaryKeyConstraint("number", name="pk_desk_entries"),
        sa.UniqueConstraint("case_id", "entry_id", name="uq_desk_entries_case_id_entry_id"),
    )


def downgrade() -> None:
    raise NotImplementedError("Records are not taken back; restore a backup.")
