"""The worker that runs beside the API: analyses in processes of their own, rescoring, sweeping."""
