"""披露: publication, sharing and enquiry through one gate."""
