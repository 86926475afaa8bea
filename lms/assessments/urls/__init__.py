"""`tests` stands under /<language>/tests/, `desk` under /<language>/desk/."""
