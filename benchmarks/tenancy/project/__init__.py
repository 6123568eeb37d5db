"""The small project that is served: one app, one view, and settings for each variant."""
