"""The verifying function: it stands between the HTTP API and the buffer queue and lets only signed requests through."""
