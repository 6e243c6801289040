"""Live coaching over a WebSocket: frames come in as numbers, states and cues go out; pictures are never sent.

`frame_codec` decodes a frame, `live_session` is one session without the network, `admission` limits how many there are
and who may begin one, `resume_token` signs what a session resumes from, `delta_encoder` reduces answers to what
changed, `connection` runs the socket, `persistence` stores a finished session. The format is in docs/live-protocol.md.
"""
