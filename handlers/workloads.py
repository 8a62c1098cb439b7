"""Queues and loads for leaders: devices that wait, and the online team's cases against its people."""

from handlers.middleware import Asked
from handlers.views import workloads as views


def devices(asked: Asked) -> None:
    """Devices by band, and since when the oldest waits."""
    asked.show(views.devices(asked.desk.led_devices(asked.actor), asked.now))


def load(asked: Asked) -> None:
    """What is open for each person, and what came and went."""
    name, found = asked.desk.led_load(asked.actor)
    asked.show(views.load(name, found, asked.desk.rules.directory, asked.now))
