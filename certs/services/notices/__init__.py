"""Warnings: what is crossed, whom it is told to, and what people do about it by hand."""
