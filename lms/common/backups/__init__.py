"""Files that hold a whole installation: how they are named, packed and sealed, and how a database goes in and out."""
