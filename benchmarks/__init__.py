"""What Dross claims of its speed and memory, measured side by side: ``make bench``, or ``python -m benchmarks``."""
