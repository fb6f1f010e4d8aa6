"""Mail: what it says, computed as its recipient sees, and how it goes. It knows no screen."""
