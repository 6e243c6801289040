"""The parts that every page shares: frame, navigation, macros, preferences, problems."""
