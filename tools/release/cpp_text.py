"""C++ as a sequence of tokens, and the names that a source keeps to itself."""
import functools
import re

TOKEN = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | (?P<space>\s+)
  | (?P<directive>(?<![^\n])\#(?:[^\n\\]|\\.)*)
  | (?P<string>(?:u8|[LuU])?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'))
  | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<mark>::|->|.)
""", re.X | re.S)
KEYWORDS_WITH_PARENTHESES = {"alignas", "decltype", "noexcept", "requires", "__attribute__", "explicit"}


def tokens(text):
    """(kind, text) of each token; together they are the text."""
    return [(found.lastgroup, found[0]) for found in TOKEN.finditer(text)]


@functools.lru_cache(None)
def words(text):
    """The identifiers of a text, those of directives included, comments and strings excluded."""
    found = set()
    for kind, token in tokens(text):
        if kind == "word":
            found.add(token)
        elif kind == "directive":
            found.update(re.findall(r"[A-Za-z_]\w*", token))
    return found


def matching(code, begin):
    """The index behind the bracket that closes the one at `begin`."""
    pairs = {"{": "}", "(": ")", "[": "]"}
    opening, closing, depth = code[begin], pairs[code[begin]], 0
    for index in range(begin, len(code)):
        depth += (code[index] == opening) - (code[index] == closing)
        if depth == 0:
            return index + 1
    raise ValueError(f"no '{closing}' for a '{opening}'")


def behind_template(code, begin):
    """The index behind the <…> that begins there."""
    depth = 0
    for index in range(begin, len(code)):
        depth += (code[index] == "<") - (code[index] == ">")
        if depth == 0:
            return index + 1
    raise ValueError("no '>' for a '<'")


def statement_end(code, begin):
    """The index behind the declaration that begins there: its semicolon or, of a function, its body."""
    index = begin
    while code[index] == "template":
        index = behind_template(code, index + 1)
    is_function = code[index] not in ("struct", "class", "union", "enum")
    while code[index] != ";":
        if code[index] == "}":  # of the namespace: a macro had no semicolon
            return index
        if code[index] in ("(", "[", "{"):
            behind = matching(code, index)
            if code[index] == "{" and is_function and code[behind:behind + 1] != [";"]:
                return behind
            index = behind
        else:
            is_function = is_function and code[index] != "="
            index += 1
    return index + 1


def declared_names(code):
    """What a declaration at namespace scope declares."""
    index = 0
    while index < len(code) and code[index] in ("[", "template"):
        index = matching(code, index) if code[index] == "[" else behind_template(code, index + 1)
    rest = [token for token in code[index:] if token not in ("inline", "constexpr", "static", "const", "constinit")]
    if not rest or rest[0] in ("static_assert", "asm", ";", "extern"):
        return []
    if rest[0] in ("using", "concept"):
        return [rest[1]] if rest[2] == "=" else []
    if rest[0] in ("struct", "class", "union", "enum"):
        scoped = rest[1] in ("class", "struct")
        name = rest[2] if scoped else rest[1]
        if rest[0] == "enum" and not scoped and "{" in rest:
            body = rest[rest.index("{") + 1:rest.index("}")]
            return [name] + [token for before, token in zip(["{"] + body, body) if before in ("{", ",")]
        return [name]
    index = 0
    while index < len(rest):
        token = rest[index]
        if token in KEYWORDS_WITH_PARENTHESES and rest[index + 1] == "(":
            index = matching(rest, index + 1)
        elif rest[index:index + 2] == ["[", "["]:
            index = matching(rest, index)
        elif token == "<":
            index = behind_template(rest, index)
        elif token == "operator":
            return []
        elif token in ("(", "=", "{", ";", "["):
            # Neither a member's definition nor the use of a macro declares a name.
            name = rest[index - 1]
            return [] if rest[max(index - 2, 0)] == "::" or name.isupper() else [name]
        else:
            index += 1
    return []


@functools.lru_cache(None)
def names_in_namespaces(text):
    """(namespace, name) for what a file declares outside of anonymous namespaces, and for what it declares in them."""
    code = [token for kind, token in tokens(text) if kind not in ("comment", "space", "directive")]
    public, private, scopes, index = set(), set(), [], 0
    while index < len(code):
        if code[index] == "}":
            scopes.pop()
            index += 1
        elif code[index] == "namespace" and "{" in code[index:index + 8] and "=" not in code[index:index + 3]:
            brace = code.index("{", index)
            scopes.append("".join(code[index + 1:brace]))
            index = brace + 1
        elif code[index] == "extern" and code[index + 2:index + 3] == ["{"]:
            scopes.append("extern")
            index += 3
        else:
            end = statement_end(code, index)
            path = "::".join(scope for scope in scopes if scope not in ("", "extern"))
            names = private if "" in scopes else public
            names.update((path, name) for name in declared_names(code[index:end]))
            index = end
    return public, private


def rename(text, new_names):
    """Gives names of a source others, except for members and qualified names."""
    result, before, enumerators = [], ["", ""], None
    for kind, token in tokens(text):
        if kind in ("comment", "space"):
            result.append(token)
            continue
        if before == ["enum", "class"]:
            enumerators = False
        elif enumerators is not None:  # inside the braces
            enumerators = {"{": True, "}": None, ";": None}.get(token, enumerators)
        if kind == "word" and before[1] not in (".", "->", "::") and not enumerators:
            result.append(new_names.get(token, token))
        elif kind == "directive":
            result.append(re.sub(r"[A-Za-z_]\w*", lambda found: new_names.get(found[0], found[0]), token))
        else:
            result.append(token)
        before = [before[1], token]
    return "".join(result)
