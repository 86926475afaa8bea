"""What is read for one person's data: hers alone, and for those who answer for it."""
