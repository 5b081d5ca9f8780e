"""Warnings: what is crossed, who is told, and what people do about it by hand."""
