import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.places import place_key

DOOR = "12 NM11AA"


@pytest.mark.parametrize(
    "spelled",
    [
        "12 Elm Road, Northmere, NM1 1AA",
        "12 elm rd nm1 1aa",
        "12, Elm Road NM11AA",
        "  12   ELM ROAD\nNM1  1AA ",
        "12 Elm Road, NM1 1AA, Northmere",
    ],
)
def test_one_front_door_has_one_key_however_the_street_is_written(spelled: str) -> None:
    assert place_key(spelled) == DOOR


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Elm Road, NM1 1AA", "14 Elm Road, NM1 1AA"),
        ("12 Elm Road, NM1 1AA", "12a Elm Road, NM1 1AA"),
        ("12 Elm Road, NM1 1AA", "12 Elm Road, NM1 1AB"),
        ("Flat 3, 12 Elm Road, NM1 1AA", "Flat 4, 12 Elm Road, NM1 1AA"),
        ("Rose Cottage, NM1 1AA", "Ivy Cottage, NM1 1AA"),
    ],
)
def test_two_doors_have_two_keys(one: str, other: str) -> None:
    assert place_key(one) != place_key(other)


def test_without_a_number_or_a_postcode_the_whole_text_is_the_key() -> None:
    assert place_key("Under the bridge, Mill Lane") == "UNDER THE BRIDGE MILL LANE"
    assert place_key("Rose Cottage NM1 1AA") == "ROSE COTTAGE NM1 1AA"


@given(st.text(max_size=60))
def test_any_text_has_a_key_that_spaces_and_case_do_not_change(text: str) -> None:
    assert place_key(f"  {text} ") == place_key(text)
