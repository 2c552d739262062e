"""The shell around the core: processes, merger, journal, ledger, checkpoints, configuration."""
