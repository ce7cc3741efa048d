"""The timer itself, on a machine whose time is told: years of it pass in minutes."""
