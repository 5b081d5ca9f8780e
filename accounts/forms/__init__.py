"""What people fill in, a module for each kind of page."""
