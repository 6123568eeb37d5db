"""One model, shaped like a subscriber."""
