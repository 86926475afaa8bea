"""What hostile hands type, upload and put into addresses; each list grows with every new idea."""
