"""What a legal text is made of."""

from sales_portal.sites import texts


def test_a_line_that_begins_with_a_hash_is_a_heading_and_empty_lines_part_paragraphs() -> None:
    assert texts.parts_of("# Terms\nYou buy.\nWe send.\n\n\n#hash stays\n# Returns") == [
        (True, "Terms"), (False, "You buy.\nWe send."), (False, "#hash stays"), (True, "Returns")]


def test_nothing_is_nothing() -> None:
    assert texts.parts_of("  \n\n ") == []
