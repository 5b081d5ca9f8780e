"""Endpoints out of a file: read, kept until confirmed, judged row by row."""
