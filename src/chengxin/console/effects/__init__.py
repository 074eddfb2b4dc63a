"""办理效力: what one decision set in motion, each effect with its time and receipt, and who is late."""
