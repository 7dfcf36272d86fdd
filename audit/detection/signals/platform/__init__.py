"""The trail itself, and borders between prefectures."""
