"""Small rules of English: articles, plurals, numbers, lists."""

import re

_NUMBERS = ("no one two three four five six seven eight nine ten eleven twelve "
            "thirteen fourteen fifteen").split()
_IRREGULAR = {"mouse": "mice", "goose": "geese", "leaf": "leaves", "loaf": "loaves",
              "knife": "knives", "scarf": "scarves", "shelf": "shelves", "wolf": "wolves",
              "child": "children", "sheep": "sheep", "deer": "deer", "foot": "feet"}
_ARTICLE = re.compile(r"\b([Aa])n? (?=(\w+))")


def capitalise(text):
    """Return `text` with its first letter in upper case, also behind a quote mark."""
    for i, char in enumerate(text):
        if char.isalpha():
            return text[:i] + char.upper() + text[i + 1:]
    return text


def article(word):
    """Return 'a' or 'an' as the sound of `word` asks."""
    low = word.lower()
    if low.startswith(("hour", "honest", "heir")):
        return "an"
    if low.startswith(("one", "once", "uni", "use", "usu", "eu")):
        return "a"
    return "an" if low[0] in "aeiou" else "a"


def fix_articles(text):
    """Return `text` with every 'a' or 'an' made to agree with the next word."""
    def agree(match):
        right = article(match.group(2))
        return (right.capitalize() if match.group(1) == "A" else right) + " "
    return _ARTICLE.sub(agree, text)


def tidy(text):
    """Return `text` with articles agreeing and no comma after a quoted '?' or '!'."""
    for wrong, right in (('?,"', '?"'), ('!,"', '!"'), ('?."', '?"'), ('!."', '!"'),
                         ("??", "?"), ("?!", "?"), ("!?", "!"), ("!!", "!"),
                         (".?", "?"), ("!.", "!"), ("?.", "?")):
        text = text.replace(wrong, right)
    return fix_articles(text)


def plural(noun):
    """Return the plural of a noun phrase whose last word is the head, or that has ' of '."""
    if " of " in noun:
        head, rest = noun.split(" of ", 1)
        return f"{plural(head)} of {rest}"
    before, _, last = noun.rpartition(" ")
    return (before + " " if before else "") + _plural_word(last)


def _plural_word(word):
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def number(value):
    """Return the word for 0..15."""
    return _NUMBERS[value]


def counted(value, noun):
    """Return 'three buttons' or 'one button'."""
    return f"{number(value)} {noun if value == 1 else plural(noun)}"


def listing(items):
    """Return 'x', 'x and y' or 'x, y and z'."""
    items = list(items)
    if len(items) == 1:
        return items[0]
    return ", ".join(items[:-1]) + " and " + items[-1]
