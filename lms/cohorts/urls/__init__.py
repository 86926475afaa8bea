"""`desk` stands under /<language>/desk/, `join` under /join/, `learn` under /<language>/learn/, `calendar`
under /<language>/me/calendar/, `feed` under /cal/.
"""
