"""Vigil: what the bot means and does; knows no Slack and no SQL."""
