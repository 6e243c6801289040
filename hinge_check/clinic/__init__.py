"""What turns a measurement into care: intake, ladder, check-in, readiness, history, reports and exports.

Knows neither HTTP nor SQL. Content that a clinic may edit stands in the TOML files beside the code.
"""
