"""The three agreements about the video, asked one by one."""
