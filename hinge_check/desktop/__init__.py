"""Live coaching on this machine: camera, window, voice."""
