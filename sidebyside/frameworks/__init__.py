"""What each framework does by itself: requests to every guest, its points, and the page docs/frameworks.md about it."""
