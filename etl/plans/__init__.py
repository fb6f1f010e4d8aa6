"""Plans of a day: from an area to stops, teams and routes, and what planners change by hand. For page and worker."""
