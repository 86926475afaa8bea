"""What a question, a lesson and a whole pack must satisfy: pure functions, no database."""
