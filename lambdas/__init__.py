"""Lambda handlers: each parses its settings and its event, calls the core, and acts."""
