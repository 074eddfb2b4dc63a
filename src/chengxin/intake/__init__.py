"""归集: submissions, validation, matching and admission."""
