"""信用报告: issued through a basis, numbered and signed, and checked by comparing with the file as it stands now."""
