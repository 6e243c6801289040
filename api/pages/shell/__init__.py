"""What every page shares: the frame, navigation, parts, preferences, problems."""
