"""Authentication, access to people's data, and the audit trail."""
