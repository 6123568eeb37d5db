"""Text messages: providers behind one interface, and a limit a day."""
