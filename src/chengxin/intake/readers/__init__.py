"""From an uploaded file to a table of texts, or to a refusal that says what to mend."""
