"""Clinical use of the measurements: intake, ladder, check-in, readiness, history, reports and exports.

Knows neither HTTP nor SQL. Content that a clinic may edit is in the TOML files beside the code.
"""
