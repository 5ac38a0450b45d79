"""The summary: one typed document, chosen and built without any model, checked, and a renderer for each target."""
