"""Random small templates, most of which run."""
import random

TEXTS = ["", "a", " b ", "Hello, World", "x,y,z", "a\nb\n", "é中", "it's", "<think>q</think>r", "%s", "12", "1.5"]
NAMES = ["a", "b", "c", "words", "numbers", "nested", "text", "number", "real", "yes", "nothing",
         "messages", "empty", "x"]
LOCAL = ["a", "b", "c", "text", "i"]
TEXT_METHODS = ["upper()", "lower()", "strip()", "lstrip('a')", "rstrip('\\n')", "title()", "capitalize()",
                "replace('a', 'b')", "replace('', '-')", "replace('a', '', 1)", "zfill(3)", "center(5)",
                "swapcase()", "removeprefix('a')", "removesuffix('b')", "ljust(3)", "rjust(9, '.')",
                "join(['x', 'y'])", "strip('ab')"]
SPLITS = ["split()", "split(',')", "split('a', 1)", "rsplit(',', 1)", "rsplit()", "splitlines()",
          "splitlines(true)", "partition('a')", "rpartition(' ')", "split(maxsplit=1)"]
TEXT_FILTERS = ["trim", "upper", "lower", "title", "capitalize", "replace('a', 'é')", "indent", "indent(2, true)",
                "truncate(5)", "center(7)", "reverse", "first", "last", "string", "default('d')", "d(1, true)",
                "trim('a')", "e"]
NUMBER_FILTERS = ["abs", "int", "float", "round", "round(1)", "round(1, 'ceil')", "round(0, 'floor')"]
LIST_FILTERS = ["list", "sort", "reverse", "unique", "map('string')", "map('upper')", "map(attribute='role')",
                "select", "reject('none')", "selectattr('role')", "rejectattr('n')", "select('defined')",
                "sort(reverse=true)", "map('length')", "selectattr('role', 'eq', 'user')",
                "map(attribute='n', default=0)", "sort(attribute='role')", "reject('in', [1, 'fig'])"]
JOINS = ["join", "join('-')", "first", "last", "tojson", "list", "length", "sum", "min", "max", "count",
         "join(', ', attribute='role')", "list | tojson(indent=2)"]
LOOKUPS = ["['a']", "['role']", "['nope']", ".get('a')", ".get('q', 1)", ".items() | list", ".b[0]", "['b'][1]"]
ORDER = ["==", "!=", "<", ">", "<=", ">="]
TESTS = ["defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "mapping",
         "sequence", "iterable", "callable", "odd", "even", "true", "false", "lower", "upper",
         "divisibleby 2", "eq 1", "in [1, 'a']", "gt 1", "sameas none", "not defined", "not string"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, choices):
        return self.random.choice(choices)

    # Expressions of a kind: most operations get values that they work with.

    def text(self, depth):
        if depth <= 0:
            text = self.pick(TEXTS).replace("\n", "\\n").replace("'", "\\'")
            return self.pick([f"'{text}'", "text", "empty", "messages[1].content", "words[1]"])
        inner = self.text(depth - 1)
        return self.pick([
            lambda: inner,
            lambda: f"{inner} ~ {self.value(depth - 1)}",
            lambda: f"({inner} + {self.text(depth - 1)})",
            lambda: f"({inner} * {self.pick('0123')})",
            lambda: f"({inner})[{self.bound()}:{self.bound()}{self.pick(['', '', ':2', ':-1'])}]",
            lambda: f"({inner})[{self.pick(['0', '-1', '1'])}]",
            lambda: f"({inner}).{self.pick(TEXT_METHODS)}",
            lambda: f"({inner} | {self.pick(TEXT_FILTERS)})",
            lambda: f"({self.list(depth - 1)} | {self.pick(JOINS)})",
            lambda: f"({self.value(depth - 1)} | {self.pick(['string', 'tojson', 'e', 'safe'])})",
            lambda: f"('%s|%5s' % ({inner}, {self.value(depth - 1)}))",
            lambda: f"('%d %.2f' % ({self.number(depth - 1)}, {self.number(depth - 1)}))",
            lambda: self.choice(self.text, depth)])()

    def number(self, depth):
        if depth <= 0:
            return self.pick([str(self.random.randrange(-3, 12)), "0.5", "2.0", "1e3", "true", "number",
                              "real"])
        inner = self.number(depth - 1)
        return self.pick([
            lambda: inner,
            lambda: f"({inner} {self.pick(['+', '-', '*', '/', '//', '%'])} {self.number(depth - 1)})",
            lambda: f"(-{inner})",
            lambda: f"({inner} | {self.pick(NUMBER_FILTERS)})",
            lambda: f"({self.pick([self.text, self.list])(depth - 1)} | length)",
            lambda: f"({self.text(depth - 1)} | {self.pick(['int', 'float', 'int(7)'])})",
            lambda: f"(numbers | {self.pick(['sum', 'min', 'max', 'first'])})",
            lambda: self.choice(self.number, depth)])()

    def list(self, depth):
        if depth <= 0:
            return self.pick(["words", "numbers", "[]", "[1, 'a', none]", "(1, 2)", "range(3)",
                              "messages", "['b', 'a']"])
        inner = self.list(depth - 1)
        return self.pick([
            lambda: inner,
            lambda: "[" + ", ".join(self.value(depth - 1) for _ in range(self.random.randrange(4))) + "]",
            lambda: "(" + "".join(self.value(depth - 1) + ", " for _ in range(3)) + ")",
            lambda: f"(({inner} | list)[{self.bound()}:{self.bound()}{self.pick(['', '', ':2', ':-1'])}])",
            lambda: f"({inner} | {self.pick(LIST_FILTERS)})",
            lambda: f"(({inner} | list) + [{self.value(depth - 1)}])",
            lambda: f"({self.text(depth - 1)}).{self.pick(SPLITS)}",
            lambda: f"{self.dictionary(depth - 1)}.{self.pick(['items()', 'keys()', 'values()'])}",
            lambda: f"({self.dictionary(depth - 1)} | {self.pick(['dictsort', 'items', 'list'])})",
            lambda: self.choice(self.list, depth)])()

    def dictionary(self, depth):
        return self.pick(["nested", "messages[0]", "messages[-1]", "{}", "dict(b=1, a=2)",
                          f"{{'a': {self.value(depth - 1)}, 'b': {self.value(depth - 1)}}}"])

    def truth(self, depth):
        if depth <= 0:
            return self.pick(["yes", "no", "true", "nothing", "x", "a", "0", "''"])
        return self.pick([
            lambda: f"not {self.truth(depth - 1)}",
            lambda: f"({self.truth(depth - 1)} {self.pick(['and', 'or'])} {self.truth(depth - 1)})",
            lambda: f"({self.number(depth - 1)} {self.pick(ORDER)} {self.number(depth - 1)})",
            lambda: f"({self.text(depth - 1)} {self.pick(ORDER + ['in', 'not in'])} {self.text(depth - 1)})",
            lambda: f"({self.value(depth - 1)} {self.pick(['==', '!='])} {self.value(depth - 1)})",
            lambda: f"({self.value(depth - 1)} {self.pick(['in', 'not in'])} {self.list(depth - 1)})",
            lambda: f"({self.value(depth - 1)} is {self.pick(TESTS)})"])()

    def choice(self, kind, depth):
        return f"({kind(depth - 1)} if {self.truth(depth - 1)} else {kind(depth - 1)})"

    def value(self, depth):
        return self.pick([self.text, self.text, self.number, self.list, self.dictionary, self.truth,
                          lambda _: self.pick(NAMES),
                          lambda inner: f"{self.dictionary(inner)}.{self.pick(['a', 'role', 'nope'])}",
                          lambda inner: f"{self.dictionary(inner)}{self.pick(LOOKUPS)}"])(depth)

    def bound(self):
        return self.pick(["", "", "1", "-1", "2", "0", "-2"])

    def expression(self, depth=3):
        kind = self.random.randrange(16)
        if kind == 0:  # of any kinds
            symbol = self.pick(["+", "-", "*", "/", "%", "<", "in", "**"])
            return f"{self.value(1)} {symbol} {self.value(1)}"
        if kind == 1:
            return f"{self.value(1)} | {self.pick(TEXT_FILTERS + NUMBER_FILTERS + LIST_FILTERS + JOINS)}"
        if kind == 2:
            return f"({self.value(1)}).{self.pick(TEXT_METHODS + SPLITS)}"
        return self.value(depth)

    def space(self):
        return self.pick(["", "", "", " ", "\n", "\n  ", "text", "\r\n", " x "])

    def tag(self, inside):
        begin = self.pick(["{%", "{%", "{%-", "{%+"])
        end = self.pick(["%}", "%}", "-%}", "+%}"])
        return f"{begin} {inside} {end}"

    def output(self):
        return self.pick(["{{", "{{-"]) + " " + self.expression() + " " + self.pick(["}}", "-}}"])

    def block(self, depth, loop):
        body = lambda inside=loop: self.statements(depth - 1, inside)
        kind = self.random.randrange(11)
        if kind < 2:
            middle = self.tag("else") + body() if self.random.randrange(2) else ""
            if self.random.randrange(3) == 0:
                middle = self.tag("elif " + self.truth(2)) + body() + middle
            return self.tag("if " + self.truth(2)) + body() + middle + self.tag("endif")
        if kind < 5:
            target = self.pick(["i", "i", "i", "a", "text"] + ["a, b"] * (self.random.randrange(9) == 0))
            filtered = " if " + self.truth(2) if self.random.randrange(4) == 0 else ""
            other = self.tag("else") + body() if self.random.randrange(4) == 0 else ""
            extra = self.pick(["", "", "{{ loop.index }}", "{{ loop.last }}", "{{ loop.nextitem }}",
                               "{{ loop.length }}", "{{ loop.cycle(1, 2) }}", "{{ loop.changed(i) }}"])
            head = f"for {target} in {self.list(2)}{filtered}"
            return self.tag(head) + extra + body(True) + other + self.tag("endfor")
        if kind < 7:
            return self.tag(f"set {self.pick(LOCAL)} = {self.expression()}")
        if kind == 7:
            return self.tag("set " + self.pick(LOCAL)) + body() + self.tag("endset")
        if kind == 8:
            return (self.tag("macro m(a, b=1)") + body(False) + self.tag("endmacro") +
                    "{{ m(" + self.pick(["", "1", "i", "b=2", "text, 3"]) + ") }}")
        if kind == 9 and loop:
            return (self.tag("if " + self.truth(2)) + self.tag(self.pick(["break", "continue"])) +
                    self.tag("endif"))
        return self.pick([
            lambda: self.tag(f"with a = {self.expression(2)}") + body() + self.tag("endwith"),
            lambda: self.tag("filter " + self.pick(["upper", "trim", "replace('a', 'b')"])) + body() +
            self.tag("endfilter"),
            lambda: self.tag("generation") + body(False) + self.tag("endgeneration"),
            lambda: "{% set n = namespace(a=1) %}{% for i in [1, 2] %}{% set n.a = n.a + i %}" +
            body(True) + "{% endfor %}{{ n.a }}",
            lambda: "{# " + self.pick(TEXTS) + self.pick([" #}", " -#}"])])()

    def statements(self, depth=3, loop=False):
        text = ""
        for _ in range(self.random.randrange(1, 4)):
            text += self.space()
            nested = depth > 0 and self.random.randrange(2)
            text += self.block(depth, loop) if nested else self.output()
        return text + self.space()
