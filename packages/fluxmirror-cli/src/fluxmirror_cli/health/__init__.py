"""What doctor looks at: one module per thing, a table of rows at the end."""
