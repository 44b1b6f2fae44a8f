"""Pure mathematics of leakage, without worlds: what a view tells of a secret, and what a breach lets out."""
