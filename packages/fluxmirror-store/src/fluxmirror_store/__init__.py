"""The spool, the drain and the database: the only package with SQL in it."""
