"""Africa's Talking, as its public documentation of bulk SMS describes it."""
