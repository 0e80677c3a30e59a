# breaks: says in one docstring
