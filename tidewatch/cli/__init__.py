"""The commands `tidewatch drift` and `tidewatch baseline`."""

import os

# The engine spreads columns over its own threads; those of NumPy's linear algebra, which it does
# not use, would cost a tenth of a second at every start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
