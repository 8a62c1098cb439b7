"""The arguments of a Web API call, read the way Slack reads them: form fields or JSON, structures as strings too."""

import json

from bot.practice.wire import ApiError, Json


def structure(args: Json, name: str) -> object:
    """An argument that is an array or object, given as such or as a JSON string; None when it is not there."""
    value = args.get(name)
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ApiError("invalid_arguments", f"[ERROR] {name} is no JSON") from None
    return value


def needed(args: Json, name: str) -> str:
    """A string that must be there; ApiError `invalid_arguments` naming it otherwise."""
    value = args.get(name)
    if value in (None, ""):
        raise ApiError("invalid_arguments", f"[ERROR] missing required field: {name}")
    return str(value)


def flag(args: Json, name: str) -> bool:
    """A yes-or-no argument: true, "true", 1 and "1" are yes."""
    return str(args.get(name, "")).lower() in ("true", "1")


def number(args: Json, name: str, default: int) -> int:
    """A whole number; ApiError `invalid_arguments` naming it when it is none."""
    value = args.get(name)
    try:
        return default if value in (None, "") else int(str(value))
    except ValueError:
        raise ApiError("invalid_arguments", f"[ERROR] {name} must be a number") from None


def page(items: list[Json], args: Json, default: int) -> tuple[list[Json], str]:
    """One page of `items` by `limit` and `cursor`, and the cursor of the next ("" after the last)."""
    size = max(1, number(args, "limit", default) or default)
    cursor = str(args.get("cursor") or "")
    if cursor and not cursor.removeprefix("next:").isdigit():
        raise ApiError("invalid_cursor")
    start = int(cursor.removeprefix("next:")) if cursor else 0
    ends = start + size
    return items[start:ends], f"next:{ends}" if ends < len(items) else ""


def paged(name: str, items: list[Json], args: Json, default: int = 100) -> Json:
    """An answer holding one page of `items` under `name`."""
    some, cursor = page(items, args, default)
    return {name: some, "response_metadata": {"next_cursor": cursor}}
