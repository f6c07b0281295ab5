"""Speed measured as ratios against a peer in the same run; see ``./qms bench --help``."""
