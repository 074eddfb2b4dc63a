"""What is wrong with a reported row: the rules, their words, and the plain reading of one row that defines them."""
