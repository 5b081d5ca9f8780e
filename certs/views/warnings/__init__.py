"""Pages about warnings: who was told, who will be, and what people do about it."""
