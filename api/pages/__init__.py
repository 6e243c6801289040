"""The pages: server-rendered, one folder per screen. Every page works without scripts; scripts only improve it."""
