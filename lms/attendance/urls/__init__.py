"""`desk` stands under /<language>/desk/, `checkin` under /c/."""
