"""Pages of the floor: sign in, sign out, display settings."""
