"""Where Django looks for the backend of lms.common.sqlite."""

from typing import Any

from django.db.backends.sqlite3 import base


class _Cursor(base.SQLiteCursorWrapper):
    """Django looks for the places of values with a pattern, which takes longer than SQLite takes to answer."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        """As Django does it; where no percent sign is meant, every "%s" is a place."""
        if param_names is None and "%%" not in query:
            return query.replace("%s", "?")
        return super().convert_query(query, param_names=param_names)


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend."""

    def create_cursor(self, name: str | None = None) -> Any:
        return self.connection.cursor(factory=_Cursor)
