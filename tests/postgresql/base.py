"""Where Django looks for the backend of tests.postgresql."""

from collections.abc import Sequence
from typing import Any

from django.core.management.color import Style
from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    """TRUNCATE gives each of two hundred tables new files, which takes seconds; a test leaves rows in a few."""

    def sql_flush(self, style: Style, tables: Sequence[str], **options: Any) -> list[str]:
        """Deletes what there is: all that a row is named by is gone at the end of the transaction."""
        return [
            f"{style.SQL_KEYWORD('DELETE FROM')} {style.SQL_FIELD(self.quote_name(table))}"
            for table in self._that_hold_something(tables)
        ]

    def _that_hold_something(self, tables: Sequence[str]) -> list[str]:
        asked = " UNION ALL ".join(
            f"(SELECT {number} FROM {self.quote_name(table)} LIMIT 1)" for number, table in enumerate(tables)
        )
        with self.connection.cursor() as cursor:
            cursor.execute(asked)
            return [tables[number] for (number,) in cursor.fetchall()]


class DatabaseWrapper(base.DatabaseWrapper):
    """The backend."""

    ops_class = DatabaseOperations

    def get_connection_params(self) -> dict[str, Any]:
        """No commit waits for the disk: nothing of a test is meant to outlive a power cut."""
        return super().get_connection_params() | {"options": "-c synchronous_commit=off"}
