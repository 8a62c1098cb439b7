"""Told by phone: which agency, who, and their reference."""

from collections.abc import Sequence

from handlers.views.blocks import Json, asked, modal, option, section, select, text_input

PHONE = "phone_told"
AGENCY, TOLD, REFERENCE = "agency", "told", "reference"
LABELS = {AGENCY: "Agency told", TOLD: "Who was told", REFERENCE: "Their reference"}


def phone_told(case_id: str, agencies: Sequence[tuple[str, str]]) -> Json:
    """The form; `agencies` are ids and names. It holds that agency's next reminder, and their own answer stays owed."""
    return modal(
        "Told by phone",
        [
            section("For an agency that answers by phone only. Their own confirmation stays outstanding."),
            asked(LABELS[AGENCY], select(AGENCY, [option(*agency) for agency in agencies], "Select"), block_id=AGENCY),
            asked(LABELS[TOLD], text_input(TOLD), block_id=TOLD, hint="Name and role of a member of staff."),
            asked(LABELS[REFERENCE], text_input(REFERENCE), block_id=REFERENCE, optional=True),
        ],
        callback_id=PHONE,
        metadata=case_id,
        submit="Record the call",
        close="Cancel",
    )
