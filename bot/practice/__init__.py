"""A Slack workspace on your own machine: Web API, Socket Mode, a page and a control API over one set of state."""
