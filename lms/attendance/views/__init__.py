"""`desk`: the trainer's roster, room code and overview.  `checkin`: the participant's address in the room's code."""
