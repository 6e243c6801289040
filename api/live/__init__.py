"""Live coaching over a WebSocket: numbers of frames in, states and cues out; pictures never come here.

`wire` reads a frame, `desk` is one person's session without any network, `hall` knows how many there are and who may
come in, `tickets` signs what a session is taken up from, `socket` is the conversation, `shelf` keeps the figures of a
finished session. The format is in docs/live-protocol.md.
"""
