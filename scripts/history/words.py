"""Words that names, commands and questions are put together from."""

from __future__ import annotations

from typing import Final

THINGS: Final = (
    "account", "address", "alert", "audit", "basket", "batch", "billing", "branch", "cache",
    "cargo", "catalog", "channel", "chart", "client", "cluster", "column", "config", "contract",
    "country", "coupon", "crane", "cursor", "customer", "deposit", "device", "digest", "dock",
    "draft", "driver", "engine", "export", "feature", "field", "filter", "folder", "format",
    "gateway", "graph", "harbor", "header", "image", "import", "index", "invoice", "journal",
    "label", "ledger", "legend", "lock", "mail", "manifest", "market", "member", "message",
    "metric", "migration", "order", "packet", "page", "parcel", "parser", "payment", "permit",
    "player", "policy", "price", "profile", "queue", "quota", "record", "refund", "region",
    "report", "request", "route", "runner", "schedule", "schema", "search", "series", "session",
    "shipment", "signal", "snapshot", "socket", "stock", "stream", "subject", "summary", "table",
    "tariff", "theme", "ticket", "timer", "token", "tunnel", "upload", "vendor", "worker",
)  # fmt: skip
DEEDS: Final = (
    "add", "build", "check", "close", "count", "drop", "fetch", "find", "fold", "join", "keep",
    "list", "load", "mark", "merge", "move", "open", "parse", "plan", "read", "render", "save",
    "scan", "send", "sort", "split", "store", "test", "trim", "walk", "watch", "write",
)  # fmt: skip
PROMPTS: Final = (
    "Why does {deed}_{thing} take so long when there are many of them?",
    "Add a {thing} to every {other}, with tests.",
    "The {thing} of a {other} is wrong after a restart. Find out why and mend it.",
    "Rename {thing} to {other} everywhere.",
    "Write down how a {thing} becomes a {other}, for the next person.",
    "{Deed} the {thing} before the {other}, not after it.",
    "Make the {thing} follow the {other}'s settings.",
    "go on",
    "Look at the last failure and mend it.",
    "Nothing but the {thing} may know of the {other}: take it apart.",
)
TASKS: Final = (
    "Find everything that uses {thing}",
    "Review the {thing} of {other}",
    "Look for tests of {deed}_{thing}",
)
