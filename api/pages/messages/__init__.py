"""Words by code: what the library, the service and the content that comes with it say, in every language."""
