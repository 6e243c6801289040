"""The job queue of analyses: enqueuing, leases, retries, and waking workers."""
