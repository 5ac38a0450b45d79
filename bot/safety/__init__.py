"""What must be looked at before it is published: pure rules over texts."""
