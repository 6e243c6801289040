"""`/clinic`: staff, the clinic's figures and texts, retention, API tokens and the audit trail."""
