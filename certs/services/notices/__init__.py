"""Warnings: when, whom, in which words, and what was told."""
