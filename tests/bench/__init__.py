"""Figures, not tests: what each kind of page costs beside a view that answers nothing.  `make bench`."""
