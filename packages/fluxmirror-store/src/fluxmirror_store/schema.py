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

SOURCE_TABLE: Final = """
CREATE TABLE source (
    id       INTEGER PRIMARY KEY,
    agent    TEXT NOT NULL,
    path     TEXT NOT NULL UNIQUE,
    identity TEXT,              -- the same under whatever name
    seen_ms  INTEGER NOT NULL,  -- when it was last seen
    gone_ms  INTEGER            -- when it was first missed
) STRICT
"""

READING_TABLE: Final = """
CREATE TABLE reading (
    source_id INTEGER NOT NULL REFERENCES source (id),
    what      TEXT NOT NULL,     -- usage, calls
    size      INTEGER NOT NULL,  -- the file's, when it was last read
    mtime_ns  INTEGER NOT NULL,
    end       INTEGER NOT NULL,  -- how far it is read
    tail      BLOB NOT NULL,     -- digest of what stands before that
    memory    TEXT NOT NULL,     -- what later lines need of earlier ones
    problems  TEXT NOT NULL,     -- what was odd: [[kind, name, version, times], ...]
    PRIMARY KEY (source_id, what)
) STRICT, WITHOUT ROWID
"""

PRICE_TABLE: Final = """
CREATE TABLE price (
    id         INTEGER PRIMARY KEY,
    price_json TEXT NOT NULL UNIQUE,  -- provider, model, currency, source, date, rates
    made_ms    INTEGER NOT NULL
) STRICT
"""

RESPONSE_TABLE: Final = """
CREATE TABLE response (
    id                    INTEGER PRIMARY KEY,
    agent                 TEXT NOT NULL,
    key                   TEXT NOT NULL,     -- the same in every record of it
    ts_ms                 INTEGER NOT NULL,  -- of its first record
    session               TEXT,
    subagent              TEXT,
    model                 TEXT,
    project               TEXT,              -- root of the repository, else the directory
    input_tokens          INTEGER NOT NULL,  -- neither out of a cache nor into one
    output_tokens         INTEGER NOT NULL,  -- reasoning included
    cache_read_tokens     INTEGER NOT NULL,
    cache_write_5m_tokens INTEGER NOT NULL,
    cache_write_1h_tokens INTEGER NOT NULL,
    reasoning_tokens      INTEGER NOT NULL,
    tool_use_tokens       INTEGER NOT NULL,
    cost_pico             INTEGER,           -- of the price's currency; NULL: nobody knows
    price_id              INTEGER REFERENCES price (id),
    source_id             INTEGER NOT NULL REFERENCES source (id),  -- which told of it first
    offset                INTEGER NOT NULL,  -- and where in it, in bytes
    UNIQUE (agent, key)
) STRICT
"""

RECORD_TABLE: Final = """
CREATE TABLE record (
    response_id INTEGER PRIMARY KEY REFERENCES response (id) ON DELETE CASCADE,
    source_id   INTEGER NOT NULL REFERENCES source (id),
    offset      INTEGER NOT NULL,  -- where its line begins, in bytes
    raw_json    TEXT NOT NULL,     -- the counts as the agent wrote them
    total       INTEGER NOT NULL   -- all of them added up
) STRICT
"""

HEARD_TABLE: Final = """
CREATE TABLE heard (
    agent    TEXT PRIMARY KEY,
    first_ms INTEGER NOT NULL  -- when a hook of it told of anything for the first time
) STRICT, WITHOUT ROWID
"""

HEARD_SO_FAR: Final = """
INSERT INTO heard SELECT agent, min(ts_ms) FROM event
WHERE schema_version > 1 AND ts_ms IS NOT NULL GROUP BY agent
"""

TRANSCRIPT_INDEXES: Final = (
    "CREATE INDEX response_ts ON response (ts_ms)",
    "CREATE INDEX response_unpriced ON response (agent, model) WHERE cost_pico IS NULL",
    "CREATE INDEX event_response ON event (response_key, call_id) WHERE response_key IS NOT NULL",
    # Calls that only hooks without ids told of: few, as they find their other half.
    """
    CREATE INDEX event_nameless ON event (session, tool)
    WHERE call_id IS NULL AND phases > 0 AND phases < 8
    """,
)

ARCHIVE_COPY_TABLE: Final = """
CREATE TABLE archive_copy (
    id              INTEGER PRIMARY KEY,   -- of a source's copies the last is the one in use
    source_id       INTEGER NOT NULL REFERENCES source (id),
    path            TEXT NOT NULL UNIQUE,  -- below the archive's directory, parts by `/`
    size            INTEGER NOT NULL,      -- of what it holds, in bytes
    sha256          BLOB NOT NULL,         -- of what it holds
    stored_size     INTEGER NOT NULL,      -- of the copy itself
    source_size     INTEGER NOT NULL,      -- the session file's, when it was copied
    source_mtime_ns INTEGER NOT NULL,
    archived_ms     INTEGER NOT NULL,
    verified_ms     INTEGER                -- when it was last read whole; NULL: it was damaged
) STRICT
"""
ARCHIVE_INDEX: Final = "CREATE INDEX archive_copy_source ON archive_copy (source_id)"

HOOK_TIME_TABLE: Final = """
CREATE TABLE hook_time (
    day     INTEGER NOT NULL,  -- UTC, counted from 1970-01-01
    upto_us INTEGER NOT NULL,  -- the longest time of the bucket, in microseconds
    count   INTEGER NOT NULL,
    PRIMARY KEY (day, upto_us)
) STRICT, WITHOUT ROWID
"""
PRUNED_TABLE: Final = """
CREATE TABLE pruned (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    before_ms INTEGER NOT NULL,  -- nothing older is kept, or taken again
    at_ms     INTEGER NOT NULL   -- when that was said
) STRICT
"""

ACTIVITY_HOUR_TABLE: Final = """
CREATE TABLE activity_hour (
    hour        INTEGER NOT NULL,  -- UTC, counted from 1970-01-01T00:00Z
    agent       TEXT NOT NULL,
    root        TEXT NOT NULL,     -- of the project: repository, else directory; may be empty
    calls       INTEGER NOT NULL,
    outcomes    TEXT NOT NULL,     -- {outcome: calls}
    classes     TEXT NOT NULL,     -- {tool class: calls}
    minutes     TEXT NOT NULL,     -- {minute of the hour: calls}
    sessions    TEXT NOT NULL,     -- {session: calls}
    tools       TEXT NOT NULL,     -- {tool: [calls, failed, fine or failed]}
    servers     TEXT NOT NULL,     -- {MCP server: the same}
    programs    TEXT NOT NULL,     -- {program of a shell command: the same}
    directories TEXT NOT NULL,     -- {working directory: calls}
    files       TEXT NOT NULL,     -- [file, ...]
    reads       TEXT NOT NULL,     -- [reads of the first file, of the second, ...]
    writes      TEXT NOT NULL,     -- [writes of the first file, ...]
    whole       TEXT NOT NULL,     -- [place of a file, for each that wrote all of it, ...]
    added       TEXT NOT NULL,     -- [place of a file, for each that says it makes it, ...]
    steps       TEXT NOT NULL,     -- {session: [number of the call, step, ...]}
    phases      TEXT NOT NULL,     -- {phases: calls}
    PRIMARY KEY (hour, agent, root)
) STRICT, WITHOUT ROWID
"""
USAGE_HOUR_TABLE: Final = """
CREATE TABLE usage_hour (
    hour                  INTEGER NOT NULL,
    agent                 TEXT NOT NULL,
    root                  TEXT NOT NULL,     -- of the project; may be empty
    model                 TEXT NOT NULL,     -- may be empty
    price_id              INTEGER NOT NULL,  -- 0: no price is known
    responses             INTEGER NOT NULL,
    input_tokens          INTEGER NOT NULL,
    output_tokens         INTEGER NOT NULL,
    cache_read_tokens     INTEGER NOT NULL,
    cache_write_5m_tokens INTEGER NOT NULL,
    cache_write_1h_tokens INTEGER NOT NULL,
    reasoning_tokens      INTEGER NOT NULL,
    tool_use_tokens       INTEGER NOT NULL,
    cost_pico             INTEGER NOT NULL,
    first_ms              INTEGER NOT NULL,
    last_ms               INTEGER NOT NULL,
    PRIMARY KEY (hour, agent, root, model, price_id)
) STRICT, WITHOUT ROWID
"""
FILE_SIGHTING_TABLE: Final = """
CREATE TABLE file_sighting (
    path     TEXT PRIMARY KEY,
    first_ms INTEGER NOT NULL,  -- when it was first read or written
    made     INTEGER NOT NULL,  -- 1: that wrote it as a whole, and so made it
    agent    TEXT NOT NULL      -- whose call that was
) STRICT, WITHOUT ROWID
"""
STALE_HOUR_TABLE: Final = """
CREATE TABLE stale_hour (
    what TEXT NOT NULL,     -- calls, usage
    hour INTEGER NOT NULL,  -- in which something changed since it was added up
    PRIMARY KEY (what, hour)
) STRICT, WITHOUT ROWID
"""

PROJECT_TABLE: Final = """
CREATE TABLE project (
    root      TEXT PRIMARY KEY,  -- of a project that events are of
    remote    TEXT,              -- host/owner/name; NULL: it has none, or none that may be kept
    looked_ms INTEGER NOT NULL   -- when its remote was last looked for
) STRICT, WITHOUT ROWID
"""


REACH_MS: Final = 1 << 48
"""What lies further from 1970 is in no period: calendars end long before."""
_FAR_HOURS: Final = REACH_MS // 3_600_000 + 1


def hour_of(ts_ms: str) -> str:
    """Give the hour of a time in reach, as SQL that rounds down, before 1970 as well."""
    return f"({ts_ms} + {_FAR_HOURS} * 3600000) / 3600000 - {_FAR_HOURS}"


def _in_reach(ts_ms: str) -> str:
    """Tell, in SQL, whether a time is one that a period can have; not where there is none."""
    return f"{ts_ms} BETWEEN -{REACH_MS} AND {REACH_MS}"


# Not `INSERT OR IGNORE`: an upsert, or a statement with an `OR` of its own, would overrule that.
def _stale(what: str, row: str) -> str:
    return f"""
    INSERT INTO stale_hour (what, hour)
    SELECT '{what}', {hour_of(f"{row}.ts_ms")} WHERE {_in_reach(f"{row}.ts_ms")}
    ON CONFLICT DO NOTHING;
    """


def _stale_patch(row: str) -> str:
    """Note the hour of a patch, whose files its input tells."""
    return f"""
    INSERT INTO stale_hour (what, hour)
    SELECT 'calls', {hour_of("ts_ms")} FROM event
    WHERE id = {row}.event_id AND kind = 'tool_call' AND tool_canonical = 'ApplyPatch'
    AND {_in_reach("ts_ms")}
    ON CONFLICT DO NOTHING;
    """


def _triggers(table: str, what: str, columns: tuple[str, ...], condition: str) -> tuple[str, ...]:
    """Note each hour in which something changes that is added up, whoever changes it."""
    old, new = _stale(what, "OLD"), _stale(what, "NEW")
    in_new, in_old = condition.format("NEW"), condition.format("OLD")
    return (
        f"CREATE TRIGGER {table}_added AFTER INSERT ON {table} WHEN {in_new} BEGIN {new} END",
        f"CREATE TRIGGER {table}_gone AFTER DELETE ON {table} WHEN {in_old} BEGIN {old} END",
        (
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {', '.join(columns)} ON {table}"
            f" WHEN {in_new} OR {in_old} BEGIN {old} {new} END"
        ),
    )


STALE_TRIGGERS: Final = (
    *_triggers(
        "event",
        "calls",
        (
            *("kind", "ts_ms", "agent", "session", "tool", "tool_canonical", "tool_class"),
            *("mcp_server", "mcp_tool", "detail", "cwd", "project", "repo", "path", "outcome"),
            *("self_noise", "phases"),
        ),
        "{}.kind = 'tool_call'",
    ),
    *_triggers(
        "response",
        "usage",
        (
            *("ts_ms", "agent", "model", "project", "cost_pico", "price_id"),
            *("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens"),
            *("cache_write_1h_tokens", "reasoning_tokens", "tool_use_tokens"),
        ),
        "true",
    ),
    f"CREATE TRIGGER payload_added AFTER INSERT ON payload BEGIN {_stale_patch('NEW')} END",
    f"CREATE TRIGGER payload_gone AFTER DELETE ON payload BEGIN {_stale_patch('OLD')} END",
    (
        "CREATE TRIGGER payload_changed AFTER UPDATE OF event_id, input_json ON payload"
        f" BEGIN {_stale_patch('OLD')} {_stale_patch('NEW')} END"
    ),
)
HOUR_INDEXES: Final = (
    "CREATE INDEX file_sighting_first ON file_sighting (first_ms)",
    "CREATE INDEX activity_hour_root ON activity_hour (root, calls)",
    # Calls that one source or the other may have missed.
    """
    CREATE INDEX event_odd ON event (agent, ts_ms)
    WHERE kind = 'tool_call' AND phases > 0 AND phases & 27 <> 27
    """,
)
# What is small comes first: whoever wants only that does not read on in the pages behind. With rows
# as long as these, SQLite would read all of each to compare its key, were the key not an index.
# Numbers are whole ones of four bytes, the smallest byte first: as text, to read them would take as
# long as all the rest.
ACTIVITY_HOUR_TABLE_WITH_NUMBERS: Final = """
CREATE TABLE activity_hour (
    hour        INTEGER NOT NULL,  -- UTC, counted from 1970-01-01T00:00Z
    agent       TEXT NOT NULL,
    root        TEXT NOT NULL,     -- of the project: repository, else directory; may be empty
    calls       INTEGER NOT NULL,
    phases      TEXT NOT NULL,     -- {phases: calls}
    outcomes    TEXT NOT NULL,     -- {outcome: calls}
    classes     TEXT NOT NULL,     -- {tool class: calls}
    sessions    TEXT NOT NULL,     -- {session: calls}
    tools       TEXT NOT NULL,     -- {tool: [calls, failed, fine or failed]}
    servers     TEXT NOT NULL,     -- {MCP server: the same}
    programs    TEXT NOT NULL,     -- {program of a shell command: the same}
    directories TEXT NOT NULL,     -- {working directory: calls}
    files       TEXT NOT NULL,     -- [file, ...]
    minutes     BLOB NOT NULL,     -- numbers of 32 bits: minute of the hour, calls; minute, ...
    reads       BLOB NOT NULL,     -- reads of the first file, of the second, ...
    writes      BLOB NOT NULL,     -- writes of the first file, ...
    whole       BLOB NOT NULL,     -- place of a file, for each that wrote all of it
    added       BLOB NOT NULL,     -- place of a file, for each that says it makes it
    steps       BLOB NOT NULL,     -- by session: how many numbers; number of the call, step, ...
    UNIQUE (hour, agent, root)
) STRICT
"""
QUICK_READING: Final = (
    # Every hour that was added up is to be added up once more, into the new table.
    """
    INSERT INTO stale_hour SELECT DISTINCT 'calls', hour FROM activity_hour WHERE true
    ON CONFLICT DO NOTHING
    """,
    "DROP TABLE activity_hour",
    ACTIVITY_HOUR_TABLE_WITH_NUMBERS,
    "CREATE INDEX activity_hour_root ON activity_hour (root, hour, calls)",
    # With all that is asked of most rows, so that these need not be looked up.
    "DROP INDEX IF EXISTS file_sighting_first",
    "CREATE INDEX file_sighting_first ON file_sighting (first_ms, made, agent)",
    # With their sessions, as many are looked through for those of one. The number comes before: it
    # orders the responses of one moment for an export.
    "DROP INDEX IF EXISTS response_ts",
    "CREATE INDEX response_ts ON response (ts_ms, id, session)",
    # Queries name this index: a later one of another shape gets another name.
    "DROP INDEX IF EXISTS event_odd",
    """
    CREATE INDEX event_odd ON event (agent, ts_ms, phases, outcome)
    WHERE kind = 'tool_call' AND phases > 0 AND phases & 27 <> 27
    """,
)
ALL_HOURS_STALE: Final = (
    f"""
    INSERT INTO stale_hour SELECT DISTINCT 'calls', {hour_of("ts_ms")} FROM event
    WHERE {_in_reach("ts_ms")} AND kind = 'tool_call'
    """,
    f"""
    INSERT INTO stale_hour SELECT DISTINCT 'usage', {hour_of("ts_ms")} FROM response
    WHERE {_in_reach("ts_ms")}
    """,
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

AGENT_EVENTS_VIEW_WITH_RESPONSES: Final = f"""
CREATE VIEW agent_events AS SELECT {_CONTRACT}, {_ADDED}, e.response_key
{_FROM} WHERE e.kind = 'tool_call'
"""

AGENT_TIMELINE_VIEW_WITH_RESPONSES: Final = f"""
CREATE VIEW agent_timeline AS SELECT {_CONTRACT}, {_ADDED}, e.response_key {_FROM}
"""

AGENT_RESPONSES_VIEW: Final = """
CREATE VIEW agent_responses AS
SELECT r.id, strftime('%Y-%m-%dT%H:%M:%SZ', r.ts_ms / 1000, 'unixepoch') AS ts, r.ts_ms, r.agent,
    r.key AS response_key, r.session, r.subagent, r.model, r.project, r.input_tokens,
    r.output_tokens, r.cache_read_tokens, r.cache_write_5m_tokens, r.cache_write_1h_tokens,
    r.reasoning_tokens, r.tool_use_tokens, r.cost_pico / 1e12 AS cost,
    json_extract(p.price_json, '$.currency') AS currency,
    json_extract(p.price_json, '$.source') AS price_source, s.path AS source
FROM response AS r JOIN source AS s ON s.id = r.source_id LEFT JOIN price AS p ON p.id = r.price_id
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
