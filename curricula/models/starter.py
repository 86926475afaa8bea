"""What the loader of packs remembers, so that it neither repeats itself nor writes over an editor's work."""

from django.db import models


class StarterRecord(models.Model):
    """One text as it was last loaded.  Where the object has another revision since, somebody edited it."""

    kind = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    # Empty for what is one row in all languages.
    language = models.CharField(max_length=2, blank=True)
    digest = models.CharField(max_length=64)
    # A plain number: the record outlives what it speaks of.
    revision_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code", "language"], name="starter_record_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.code}/{self.language}"
