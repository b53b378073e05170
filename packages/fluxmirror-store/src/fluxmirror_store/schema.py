"""The tables and views as the newest migration leaves them."""

from __future__ import annotations

from typing import Final

EVENT_TABLE: Final = """
CREATE TABLE event (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    uid             BLOB NOT NULL UNIQUE,  -- the same for every telling of one event
    twin_uid        BLOB,     -- a second identity: the other half of a pair, or the payload
    kind            TEXT NOT NULL,
    ts_ms           INTEGER,  -- UTC milliseconds; NULL when an older row's time cannot be read
    ts_text         TEXT,     -- an older row's time, where it is not written as `ts_ms` would be
    ended_ms        INTEGER,
    agent           TEXT NOT NULL,
    evidence        TEXT,     -- what told the agent
    session         TEXT,
    subagent        TEXT,
    subagent_type   TEXT,
    turn            TEXT,
    call_id         TEXT,
    hook_event      TEXT,
    model           TEXT,
    tool            TEXT,     -- as the agent called it
    tool_canonical  TEXT,
    tool_class      TEXT,
    mcp_server      TEXT,
    mcp_tool        TEXT,
    detail          TEXT,     -- at most 200 bytes, scrubbed before it was cut
    cwd             TEXT,
    project         TEXT,     -- the agent's project directory
    repo            TEXT,     -- root of the repository of `path`, else of the project
    path            TEXT,     -- absolute path of the first file a tool touched
    outcome         TEXT,     -- ok failed denied rejected interrupted unknown
    error           TEXT,
    exit_code       INTEGER,
    duration_ms     INTEGER,
    duration_source TEXT,     -- agent: its own figure; hooks: the time between two hooks
    input_bytes     INTEGER,
    output_bytes    INTEGER,
    host            TEXT,
    user            TEXT,
    sources         TEXT NOT NULL,
    self_noise      INTEGER NOT NULL DEFAULT 0,
    phases          INTEGER NOT NULL DEFAULT 0,  -- bits: 1 before, 2 after, 4 batch
    pair_key        BLOB,     -- session, tool and input, while half of a pair is missing
    schema_version  INTEGER NOT NULL
) STRICT
"""

PAYLOAD_TABLE: Final = """
CREATE TABLE payload (
    event_id      INTEGER PRIMARY KEY REFERENCES event (id) ON DELETE CASCADE,
    input_json    TEXT,  -- what went in, scrubbed
    output_sha256 BLOB,  -- of what came out, as it was
    raw_json      TEXT   -- the whole payload, as the older programs kept it
) STRICT
"""

MCP_MESSAGE_TABLE: Final = """
CREATE TABLE mcp_message (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    ts_ms        INTEGER NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('c2s', 's2c')),
    method       TEXT,
    message_json TEXT NOT NULL,
    server_name  TEXT NOT NULL
)
"""

TALLY_TABLE: Final = """
CREATE TABLE tally (
    kind    TEXT NOT NULL,     -- torn, bad, undecodable, unknown_event
    agent   TEXT NOT NULL DEFAULT '',
    name    TEXT NOT NULL DEFAULT '',
    count   INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, agent, name)
) STRICT, WITHOUT ROWID
"""

# Only calls that still wait for their end: few at any time.
OPEN_INDEX: Final = "CREATE INDEX event_open ON event (session, ts_ms) WHERE phases & 3 = 1"
TALLY_TABLE_BY_VERSION: Final = """
CREATE TABLE tally (
    kind    TEXT NOT NULL,     -- torn, bad, undecodable, unknown_event
    agent   TEXT NOT NULL,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,     -- the agent's, where its hooks are told it
    count   INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, agent, name, version)
) STRICT, WITHOUT ROWID
"""

INDEXES: Final = (
    "CREATE INDEX event_ts ON event (ts_ms)",
    "CREATE INDEX event_agent ON event (agent, ts_ms)",
    "CREATE INDEX event_session ON event (session, ts_ms)",
    "CREATE INDEX event_class ON event (tool_class, ts_ms)",
    "CREATE INDEX event_path ON event (path, ts_ms) WHERE path IS NOT NULL",
    "CREATE INDEX event_twin ON event (twin_uid) WHERE twin_uid IS NOT NULL",
    "CREATE INDEX event_pair ON event (pair_key, ts_ms) WHERE pair_key IS NOT NULL",
    "CREATE INDEX event_open ON event (session, ts_ms) WHERE phases = 1",
    "CREATE INDEX mcp_message_ts ON mcp_message (ts_ms)",
)

_TIME: Final = "coalesce(e.ts_text, strftime('%Y-%m-%dT%H:%M:%SZ', e.ts_ms / 1000, 'unixepoch'))"
_RAW: Final = """coalesce(p.raw_json, '{"tool_input":' || p.input_json || '}')"""

_CONTRACT: Final = f"""
    e.id, {_TIME} AS ts, e.agent, e.session, e.tool, e.tool_canonical, e.tool_class,
    e.detail, e.cwd, e.host, e.user, e.schema_version, {_RAW} AS raw_json"""

_ADDED: Final = """
    e.ts_ms, e.kind, e.hook_event, e.outcome, e.error, e.exit_code, e.duration_ms,
    e.duration_source, e.input_bytes, e.output_bytes, e.path, e.repo, e.project, e.subagent,
    e.subagent_type, e.turn, e.call_id, e.model, e.mcp_server, e.mcp_tool, e.sources,
    e.evidence, e.self_noise"""

_FROM: Final = "FROM event AS e LEFT JOIN payload AS p ON p.event_id = e.id"

AGENT_EVENTS_VIEW: Final = f"""
CREATE VIEW agent_events AS SELECT {_CONTRACT}, {_ADDED}
{_FROM} WHERE e.kind = 'tool_call'
"""

AGENT_TIMELINE_VIEW: Final = f"CREATE VIEW agent_timeline AS SELECT {_CONTRACT}, {_ADDED} {_FROM}"

EVENTS_VIEW: Final = """
CREATE VIEW events AS
SELECT id, ts_ms, direction, method, message_json, server_name FROM mcp_message
"""

LEGACY_COLUMNS: Final = (
    "id",
    "ts",
    "agent",
    "session",
    "tool",
    "tool_canonical",
    "tool_class",
    "detail",
    "cwd",
    "host",
    "user",
    "schema_version",
    "raw_json",
)
"""The contract's columns of `agent_events`, which are those of the older programs' table."""

_NULLS: Final = ", ".join("NULL" for _ in _ADDED.split(","))

AGENT_EVENTS_VIEW_WHILE_MOVING: Final = f"""
CREATE VIEW agent_events AS
SELECT {", ".join(LEGACY_COLUMNS)}, {", ".join(c.strip()[2:] for c in _ADDED.split(","))} FROM (
    SELECT {_CONTRACT}, {_ADDED} {_FROM} WHERE e.kind = 'tool_call'
    UNION ALL SELECT {", ".join(LEGACY_COLUMNS)}, {_NULLS} FROM legacy_agent_events
)
"""
"""What readers see while rows of an older database are on their way: every row, once."""
