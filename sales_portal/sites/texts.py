"""How a legal text is written: headings, and paragraphs with empty lines between them. Pure."""

HEADING = "# "


def parts_of(text: str) -> list[tuple[bool, str]]:
    """The headings (true) and the paragraphs of a text; a line that begins with `# ` is a heading."""
    parts: list[tuple[bool, str]] = []
    for block in text.split("\n\n"):
        lines: list[str] = []
        for line in block.strip().split("\n"):
            if line.startswith(HEADING):
                parts += [(False, "\n".join(lines))] if lines else []
                parts.append((True, line.removeprefix(HEADING).strip()))
                lines = []
            else:
                lines.append(line)
        parts += [(False, "\n".join(lines))] if any(lines) else []
    return parts
