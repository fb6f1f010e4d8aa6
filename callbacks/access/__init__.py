"""Who may do what at the page: every route and callback states it, one gate asks it, signing in answers it."""
