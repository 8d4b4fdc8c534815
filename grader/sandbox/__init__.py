"""How a worker is confined; one module per mechanism, each probed on this machine, never assumed."""
