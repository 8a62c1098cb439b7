"""Block Kit, pure: values in, dicts out."""
