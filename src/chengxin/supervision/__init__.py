"""信用监管: measures that follow a record, and their end."""
