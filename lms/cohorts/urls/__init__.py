"""`desk` stands under /<language>/desk/, `join` under /join/, `learn` under /<language>/learn/."""
