"""The pages: server-rendered, one folder a screen; scripts make them better, never possible in the first place."""
