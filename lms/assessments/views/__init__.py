"""`paper`, `saving`: a participant takes a test.  `tests`: its trainer.  `teaching`, `plans`: the teaching level."""
