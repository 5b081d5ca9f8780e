"""Work in the background: what is due, who has claimed it, and whether it gets done."""
