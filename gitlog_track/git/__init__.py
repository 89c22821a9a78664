"""Git as this program needs it: processes, objects, commits, repositories, history."""
