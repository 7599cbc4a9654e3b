"""The gateway: WebSocket connections, the sessions behind them, and what is dispatched."""
