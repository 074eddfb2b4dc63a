"""办件流程: the tables of statutory procedures, as data."""
