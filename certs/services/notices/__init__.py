"""Warnings: what is crossed, whom it is told to, and what people do by hand."""
