"""What is done with everything that is kept: about one person, and about all of them."""

from lms.privacy.actions.backups import NoBackupFolder, NoRecipient, make_backup
from lms.privacy.actions.erasing import Wish, erase_person, require_erasable
from lms.privacy.actions.exporting import export_person
from lms.privacy.actions.replaying import replay_journal
from lms.privacy.actions.restoring import (
    KeysMissing,
    NewerBackup,
    NotABackup,
    NotEmpty,
    OtherDatabase,
    Restored,
    RestoreUnfinished,
    restore_backup,
)
from lms.privacy.actions.retention import apply_retention

__all__ = [
    "KeysMissing",
    "NewerBackup",
    "NoBackupFolder",
    "NoRecipient",
    "NotABackup",
    "NotEmpty",
    "OtherDatabase",
    "RestoreUnfinished",
    "Restored",
    "Wish",
    "apply_retention",
    "erase_person",
    "export_person",
    "make_backup",
    "replay_journal",
    "require_erasable",
    "restore_backup",
]
