-- The older programs' schema, version 1, as they made it. Never edited: it is what is out there.
CREATE TABLE schema_meta (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL);
CREATE TABLE agent_events (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    ts             TEXT NOT NULL,
    agent          TEXT NOT NULL,
    session        TEXT,
    tool           TEXT,
    tool_canonical TEXT,
    tool_class     TEXT,
    detail         TEXT,
    cwd            TEXT,
    host           TEXT,
    user           TEXT,
    schema_version INTEGER NOT NULL DEFAULT 1,
    raw_json       TEXT
);
CREATE INDEX idx_agent_events_ts ON agent_events(ts);
CREATE INDEX idx_agent_events_agent ON agent_events(agent);
CREATE TABLE events (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    ts_ms        INTEGER NOT NULL,
    direction    TEXT NOT NULL CHECK (direction IN ('c2s','s2c')),
    method       TEXT,
    message_json TEXT NOT NULL,
    server_name  TEXT NOT NULL
);
CREATE INDEX idx_events_ts ON events(ts_ms);
CREATE TABLE ai_cache (
    key        TEXT PRIMARY KEY,
    response   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    cost_usd   REAL NOT NULL,
    model      TEXT NOT NULL,
    provider   TEXT NOT NULL
);
CREATE INDEX idx_ai_cache_created_at ON ai_cache(created_at);
INSERT INTO schema_meta (version, applied_at) VALUES (1, '2025-11-02T10:00:00Z');
