"""Port-outs: requests of other carriers for our numbers, their audit trail, and the codes that are compared."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()
WORD = sa.String(length=32)

#: As for `audit_events`.
SQLITE_APPEND_ONLY = (
    """CREATE TRIGGER port_out_events_no_update BEFORE UPDATE ON port_out_events
    BEGIN SELECT RAISE(ABORT, 'port_out_events is append-only'); END""",
    """CREATE TRIGGER port_out_events_no_delete BEFORE DELETE ON port_out_events
    BEGIN SELECT RAISE(ABORT, 'port_out_events is append-only'); END""",
    """CREATE TRIGGER port_out_events_no_replace BEFORE INSERT ON port_out_events
    WHEN EXISTS (
        SELECT 1 FROM port_out_events
        WHERE port_out_id = NEW.port_out_id AND sequence = NEW.sequence AND revision = NEW.revision
    )
    BEGIN SELECT RAISE(ABORT, 'port_out_events is append-only'); END""",
)
POSTGRESQL_APPEND_ONLY = (
    """CREATE FUNCTION port_out_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'port_out_events is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER port_out_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON port_out_events
    FOR EACH STATEMENT EXECUTE FUNCTION port_out_events_append_only()""",
)


def upgrade() -> None:
    op.create_table(
        "port_outs",
        sa.Column("port_out_id", TEXT, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("requesting_carrier", TEXT, nullable=False),
        sa.Column("carrier_reference", TEXT, nullable=False),
        sa.Column("request_digest", TEXT, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("turn", WORD, nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("deadline_why", TEXT, nullable=False),
        sa.Column("answer_by", MOMENT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("number_class", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("port_out_id", name="pk_port_outs"),
        sa.UniqueConstraint(
            "requesting_carrier", "carrier_reference", name="uq_port_outs_requesting_carrier_carrier_reference"
        ),
    )
    op.create_index("ix_port_outs_created_at", "port_outs", ["created_at"])
    op.create_index("ix_port_outs_state", "port_outs", ["state"])
    op.create_table(
        "port_out_numbers",
        sa.Column("port_out_id", TEXT, nullable=False),
        sa.Column("e164", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["port_out_id"], ["port_outs.port_out_id"], name="fk_port_out_numbers_port_out_id"),
        sa.PrimaryKeyConstraint("port_out_id", "e164", name="pk_port_out_numbers"),
    )
    op.create_index("ix_port_out_numbers_e164", "port_out_numbers", ["e164"])
    op.create_table(
        "port_out_codes",
        sa.Column("port_out_id", TEXT, nullable=False),
        sa.Column("on_file", sa.Boolean(), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["port_out_id"], ["port_outs.port_out_id"], name="fk_port_out_codes_port_out_id"),
        sa.PrimaryKeyConstraint("port_out_id", "on_file", "number", name="pk_port_out_codes"),
    )
    op.create_table(
        "port_out_events",
        sa.Column("port_out_id", TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("event_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("by", TEXT, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("state_before", WORD, nullable=False),
        sa.Column("state_after", WORD, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("build", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["port_out_id"], ["port_outs.port_out_id"], name="fk_port_out_events_port_out_id"),
        sa.PrimaryKeyConstraint("port_out_id", "sequence", "revision", name="pk_port_out_events"),
    )

    dialect = op.get_bind().dialect.name
    for statement in POSTGRESQL_APPEND_ONLY if dialect == "postgresql" else SQLITE_APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("Records are not taken back; restore a backup.")
