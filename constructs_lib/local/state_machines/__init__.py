"""What the emulator's Step Functions lacks: a definition is rewritten for it, and every change is named."""
