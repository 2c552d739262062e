"""``python -m engine.cli``: the same as ``tillfree``."""

from engine.cli._main import main

if __name__ == "__main__":
    main()
