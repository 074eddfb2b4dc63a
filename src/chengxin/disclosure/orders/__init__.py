"""第二人: what another person decides before a file is read, one enquiry at a time or many subjects at once."""
