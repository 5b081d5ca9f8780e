"""Work in the background: who does what, and when it is due."""
