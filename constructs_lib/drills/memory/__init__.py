"""AWS in memory, as far as the runtime uses it, with faults at any call and a clock that passes only when told to."""
