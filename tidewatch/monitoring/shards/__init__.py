"""One window on several machines: a plan, a partial profile from each, and one judgement."""
