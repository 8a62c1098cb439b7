"""What to do with a device that holds indecent images: the page that comes before its two buttons."""

from bot.domain.answers import Discovery
from bot.domain.risk import Answer
from handlers.views.blocks import Drawn, Json, actions, button, context, section
from handlers.views.text import escape

FOUND, REPORT = "images_found", "images_report"
LEAVE = (
    "*Do not look.* Open nothing more, and do not scroll, copy, photograph, save or forward anything. "
    "Send nothing to this bot: it takes no file."
)
PRESERVE = (
    "*Keep it as it is.* Let nobody use the device or take it away. Note the time, where it was and who was there. "
    "How it is seized is for the force's own procedure: ask when you ring."
)
CHILDREN = (
    "*Which children are here now*, and who lives or stays here? Look, and ask. "
    "Then press: a referral is opened, and whoever is on duty is told at once."
)
NEAR = ((Answer.YES, "Children are here"), (Answer.UNKNOWN, "None seen, or not known"))
SHARED = "If children shared images with each other: /refer, Images made or shared by children."


def found_button() -> Json:
    """The first of the two presses, wherever help is."""
    words = "Images found on a device"
    return button(words, action_id=FOUND, value="images", label=f"{words}: what to do now")


def page(found: Discovery) -> Drawn:
    """The steps, whom to ring, and the two buttons."""
    ring = "\n".join(f"• {escape(line)}" for line in found.ring)
    buttons = [
        button(words, action_id=f"{REPORT}:{near}", value=near, label=f"{words}: open a referral")
        for near, words in NEAR
    ]
    blocks = (
        section(LEAVE),
        section(PRESERVE),
        section(f"*Ring now*\n{ring}"),
        section(CHILDREN),
        actions(buttons, block_id="discovery"),
        context(SHARED, "If a child is in immediate danger call 999. This bot does not send officers."),
    )
    return Drawn("Indecent images found on a device: what to do now, and whom to ring.", blocks)
