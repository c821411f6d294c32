"""Alert rules and routing, declared once and rendered for each system that needs them."""
