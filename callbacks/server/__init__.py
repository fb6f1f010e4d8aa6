"""What every route has: errors, health, metrics, headers, the frame of office screens; it knows no screen."""
