"""Every measurement, one after the other: `python -m bench.run`, or some of them: `python -m bench.run ack tick`."""

import sys
from importlib import import_module

ALL = ("cost", "ack", "due", "home", "start", "page", "tick", "burst", "brief", "many")


def main() -> None:
    """Run what was asked for, all by default."""
    asked, sys.argv[1:] = sys.argv[1:] or [*ALL], []
    for name in asked:
        print(f"== {name}", flush=True)
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
