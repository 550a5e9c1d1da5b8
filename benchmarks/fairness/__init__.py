"""How long quiet tenants wait beside a noisy one."""
