"""A cache of the log in SQLite: only a view, rebuilt whenever in doubt."""
