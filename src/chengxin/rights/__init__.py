"""权益保护: objection and restoration."""
