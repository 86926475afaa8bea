"""`desk`: who qualifies, issuing, the teaching level, revoking.  `holder`: her own certificates, the paper itself."""
