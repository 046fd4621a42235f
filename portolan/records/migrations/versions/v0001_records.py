"""The first version: projects, orders, numbers, tasks, documents, the audit trail, carrier messages, notices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.String()
WORD = sa.String(length=32)

#: A row of the audit trail is never changed and never deleted; REPLACE would do both, without any trigger on DELETE.
SQLITE_APPEND_ONLY = (
    """CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END""",
    """CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END""",
    """CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
    WHEN EXISTS (
        SELECT 1 FROM audit_events
        WHERE order_id = NEW.order_id AND sequence = NEW.sequence AND revision = NEW.revision
    )
    BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END""",
)
POSTGRESQL_APPEND_ONLY = (
    """CREATE FUNCTION audit_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
    """CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION audit_events_append_only()""",
)


def upgrade() -> None:
    op.create_table(
        "carrier_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("carrier", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_carrier_messages"),
        sa.UniqueConstraint("carrier", "message_id", name="uq_carrier_messages_carrier_message_id"),
    )
    op.create_index("ix_carrier_messages_handled_at", "carrier_messages", ["handled_at"])
    op.create_index("ix_carrier_messages_order_id", "carrier_messages", ["order_id"])
    op.create_table(
        "notifications",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", TEXT, nullable=False),
        sa.Column("first_tried_at", MOMENT, nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", "recipient", name="pk_notifications"),
    )
    op.create_index("ix_notifications_order_id", "notifications", ["order_id"])
    op.create_table(
        "projects",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("request_digest", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="pk_projects"),
        sa.UniqueConstraint("reference", name="uq_projects_reference"),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("customer", TEXT, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("phase", WORD, nullable=False),
        sa.Column("turn", WORD, nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=True),
        sa.Column("deadline_why", TEXT, nullable=False),
        sa.Column("country", TEXT, nullable=False),
        sa.Column("number_class", TEXT, nullable=False),
        sa.Column("losing_carrier", TEXT, nullable=False),
        sa.Column("gaining_carrier", TEXT, nullable=False),
        sa.Column("foc_at", MOMENT, nullable=True),
        sa.Column("loa_expires_at", MOMENT, nullable=True),
        sa.Column("rollback_until", MOMENT, nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("carrier_order_id", TEXT, nullable=True),
        sa.Column("carrier_raw_status", TEXT, nullable=False),
        sa.Column("on_hold", TEXT, nullable=True),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.project_id"], name="fk_orders_project_id"),
        sa.PrimaryKeyConstraint("order_id", name="pk_orders"),
    )
    op.create_index("ix_orders_created_at", "orders", ["created_at"])
    op.create_index("ix_orders_project_id", "orders", ["project_id"])
    op.create_index("ix_orders_reference", "orders", ["reference"])
    op.create_index("ix_orders_state", "orders", ["state"])
    op.create_index("ix_orders_turn", "orders", ["turn"])
    op.create_table(
        "audit_events",
        sa.Column("order_id", TEXT, nullable=False),
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
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_audit_events_order_id"),
        sa.PrimaryKeyConstraint("order_id", "sequence", "revision", name="pk_audit_events"),
    )
    op.create_table(
        "documents",
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("filename", TEXT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("stored_at", MOMENT, nullable=False),
        sa.Column("stored_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_documents_order_id"),
        sa.PrimaryKeyConstraint("order_id", "sha256", "kind", name="pk_documents"),
    )
    op.create_table(
        "numbers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("e164", TEXT, nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_numbers_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_numbers"),
        sa.UniqueConstraint("order_id", "e164", name="uq_numbers_order_id_e164"),
    )
    op.create_index("ix_numbers_e164", "numbers", ["e164"])
    op.create_index(
        "uq_numbers_live",
        "numbers",
        ["e164"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "tasks",
        sa.Column("order_id", TEXT, nullable=False),
        sa.Column("task_id", TEXT, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("turn", WORD, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_tasks_order_id"),
        sa.PrimaryKeyConstraint("order_id", "task_id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_due_at", "tasks", ["due_at"])

    dialect = op.get_bind().dialect.name
    for statement in POSTGRESQL_APPEND_ONLY if dialect == "postgresql" else SQLITE_APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("Records are not taken back; restore a backup.")
