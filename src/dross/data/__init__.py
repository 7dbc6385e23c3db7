"""Where samples come from: tables that users bring, named data sets, and the encoder that makes both numbers."""
