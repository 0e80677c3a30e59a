"""Shows <p> in its docstring only."""


def badge(text):
    head = f"<span class='badge'>{text}</span>"  # breaks: HTML belongs into a template
    return head + "<br>"  # breaks: HTML belongs into a template


def fine(low, high):
    return f"{low} < {high} > 0" + "<unknown>"
