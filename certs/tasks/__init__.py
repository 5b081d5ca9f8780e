"""What workers do: the clock is read here, and one service is called."""
