"""The text of a model as elements: what it writes, what it breaks, and what somebody may have made it write."""

import json
import random

from mock_server import Reply
from page_support import PageTest, devtools
import page_support as support

TEXT = """# Title with *emphasis*

A paragraph with **bold**, *italic*, ***both***, ~~gone~~, `code with **stars**` and snake_case_name.
Its second line. 5 * 3 * 2 = 30

- one
- two
  - inner `a`
  - inner b

    with a paragraph
- [x] done

1. first
2. second
   ```python
   def f(x):
       return x  # **not bold**
   ```
3. third

> A quote
> - with a list

| name | value |
|:-----|------:|
| `a|b` | 1 |
| x | y \\| z |

---

See [the docs](https://example.org/a_(b)?q=1) or https://example.org/x_y. And <https://example.org>.

~~~
tilde
~~~
Last line"""

# Text, and the markup that it becomes. Attributes of links and blocks are left out.
CASES = [
    ("a **b** c", "<p>a <strong>b</strong> c</p>"),
    ("a **b", "<p>a **b</p>"),
    ("***x*** _y_ __z__", "<p><em><strong>x</strong></em> <em>y</em> <strong>z</strong></p>"),
    ("snake_case_name 2 * 3 * 4", "<p>snake_case_name 2 * 3 * 4</p>"),
    ("**a *b** c*", "<p><strong>a *b</strong> c*</p>"),
    ("`` a`b `` `c", "<p><code>a`b</code> `c</p>"),
    (r"\*not\* \<b>", "<p>*not* &lt;b&gt;</p>"),
    ("line one\nline two", "<p>line one\nline two</p>"),
    ("a<br>b", "<p>a\nb</p>"),
    ("<b>bold</b> &amp; <!-- x -->", "<p>&lt;b&gt;bold&lt;/b&gt; &amp;amp; &lt;!-- x --&gt;</p>"),
    ("## Head ##\ntext", "<h3>Head</h3><p>text</p>"),
    ("#tag", "<p>#tag</p>"),
    ("- a\n- b\n\ntext", "<ul><li>a</li><li>b</li></ul><p>text</p>"),
    ("- a\n  1. x\n  2. y\n- b", "<ul><li>a<ol><li>x</li><li>y</li></ol></li><li>b</li></ul>"),
    ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
    ("> a\n> b", "<blockquote><p>a\nb</p></blockquote>"),
    ("a | b\n--|--\n1 | 2", "<div><table><thead><tr><th>a</th><th>b</th></tr></thead>"
     "<tbody><tr><td>1</td><td>2</td></tr></tbody></table></div>"),
    ("a | b\nno table", "<p>a | b\nno table</p>"),
    ("***", "<hr>"),
    ("[x](https://e.org/a)", '<p><a href="https://e.org/a">x</a></p>'),
    ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ("![x](https://e.org/a.png)", '<p><a href="https://e.org/a.png">x</a></p>'),
    ("see https://e.org/a_b. (https://e.org/c)",
     '<p>see <a href="https://e.org/a_b">https://e.org/a_b</a>. (<a href="https://e.org/c">https://e.org/c</a>)</p>'),
    ("[1] and [x] (y)", "<p>[1] and [x] (y)</p>"),
]

HOSTILE = ["<script>window.hacked = 1</script>", "<img src=x onerror='window.hacked = 2'>", "<svg/onload=hacked=3>",
           "[click](javascript:hacked=4)", "[click](JAVASCRIPT:hacked=4)", "[click](data:text/html,<script>hacked=5</script>)",
           "[click](\tjava\nscript:hacked=6)", "[click](&#106;avascript:hacked=7)", "[click](vbscript:x)", "[click](//example.org)",
           "![pixel](https://example.org/pixel.png)", "<https://example.org/\" onclick=\"hacked=8>", "[a](https://e.org/\"onmouseover=\"hacked=9)",
           "```<img src=x onerror=hacked=10>\ncode\n```", "| <script>hacked=11</script> | b |\n|---|---|\n| <img src=x onerror=hacked=12> | c |",
           "<style>body{display:none}</style><iframe src='https://example.org'></iframe><form action='https://example.org'><input name=a></form>"]
BROKEN = ["*" * 3000 + "a", "**a " * 2000, "[" * 4000, "](" * 4000, "`" * 999 + "x" + "`" * 998, "> " * 3000 + "deep", "- " * 2000 + "x", "_a" * 5000,
          "https://e.org/" + ")" * 20000, "(" * 5000 + "https://e.org/" + "(" * 5000, "|" * 3000 + "\n" + "|-" * 3000, "# " + " " * 20000 + "x",
          "\\" * 5001, "~~" * 3000, "[a](" + "b(" * 4000, "`a ``b " * 3000, "\r\n\u2028\u0000\ufffd\U0010ffff", "1. " * 1000, "*a `b` " * 3000]


class MarkdownTest(PageTest):
    def modules(self):
        """A page without a policy, in which the modules can be called by themselves."""
        tab = devtools.Tab(support.browser)
        self.addCleanup(tab.close)
        tab.call("Page.navigate", url=self.mock.address + "blank")
        tab.until("document.title === 'blank'")
        tab.run("""(async () => {
          const { MarkdownView } = await import('/sources/markdown-view.js');
          const bare = (element) => {
            for (const one of element.querySelectorAll('*')) {
              for (const { name } of [...one.attributes]) if (!['href', 'start'].includes(name)) one.removeAttribute(name);
            }
            return element.innerHTML;
          };
          window.whole = (text, open = false) => {
            const element = document.createElement('div');
            new MarkdownView(element).set(text, open);
            return bare(element);
          };
          window.streamed = (text, lengths) => {
            const element = document.createElement('div');
            const view = new MarkdownView(element);
            for (const length of lengths) view.set(text.slice(0, length), true);
            view.set(text);
            return bare(element);
          };
        })()""")
        return tab

    def test_cases(self):
        tab = self.modules()
        for text, markup in CASES:
            self.assertEqual(tab.run(f"whole({json.dumps(text)})"), markup, text)

    def test_streamed_text_is_the_whole_text(self):
        tab = self.modules()
        chance = random.Random(1)
        for text in (TEXT, *(text for text, _ in CASES), *HOSTILE, "".join(chance.choice("\n\n *_`[](|-#>1.ab") for _ in range(800))):
            whole = tab.run(f"whole({json.dumps(text)})")
            for step in (1, 3, 17):
                lengths = [n + chance.randrange(step) for n in range(0, len(text), step)]
                self.assertEqual(tab.run(f"streamed({json.dumps(text)}, {lengths})"), whole, f"{step}: {text}")

    def test_unfinished_marks_do_not_flicker(self):
        tab = self.modules()
        for text, markup in (("a **b", "<p>a <strong>b</strong></p>"), ("a **", "<p>a </p>"), ("a `b", "<p>a <code>b</code></p>"),
                             ("see [the docs](https://e.o", "<p>see the docs</p>"),
                             ("```js\nlet a", "<div><div><span>js</span><button>Copy</button></div><pre><code>let a</code></pre></div>")):
            self.assertEqual(tab.run(f"whole({json.dumps(text)}, true)"), markup, text)

    def test_all_of_it_in_the_page(self):
        self.send("Write.", Reply(*[TEXT[i:i + 7] for i in range(0, len(TEXT), 7)]))
        body = "document.querySelector('.assistant .body')"
        for selector, count in (("h3", 1), ("ul", 3), ("ol", 1), ("pre", 2), ("table", 1), ("hr", 1), ("blockquote", 1), ("a", 3),
                                ("em strong", 1)):
            self.assertEqual(self.tab.run(f"{body}.querySelectorAll('{selector}').length"), count, selector)
        links = self.tab.run(f"[...{body}.querySelectorAll('a')].map((a) => [a.href, a.rel, a.target])")
        self.assertEqual({(rel, target) for _, rel, target in links}, {("noopener noreferrer", "_blank")})
        self.assertEqual(links[0][0], "https://example.org/a_(b)?q=1")
        self.tab.run(f"{body}.querySelector('.code button').click()")
        self.tab.until(f"{body}.querySelector('.code button').textContent === 'Copied'")
        self.type("", "input")
        self.tab.call("Browser.grantPermissions", permissions=["clipboardReadWrite"], origin=self.mock.address)
        self.assertEqual(self.tab.run("navigator.clipboard.readText()"), "def f(x):\n    return x  # **not bold**")
        self.click(".assistant .foot button", "Copy")
        self.tab.until("[...document.querySelectorAll('.assistant .foot button')].some((b) => b.textContent === 'Copied')")
        self.assertEqual(self.tab.run("navigator.clipboard.readText()"), TEXT)

    def test_a_selection_survives_streaming(self):
        pieces = ("First paragraph.\n\n", "```\nline 1\n", ("wait", 0.4), "line 2\n", "line 3\n```\n", "End.")
        self.send("Write.", Reply(*pieces), wait=False)
        self.until_shown("line 1")
        self.tab.run("getSelection().selectAllChildren(document.querySelector('.assistant p')); 0")
        self.tab.run("window.code = document.querySelector('.assistant pre code').firstChild; 0")
        self.idle()
        self.assertEqual(self.tab.run("getSelection().toString()"), "First paragraph.")
        self.assertEqual(self.tab.run("window.code.isConnected && window.code.data"), "line 1\nline 2\nline 3")

    def test_hostile_text(self):
        for text in HOSTILE:
            self.send("Say it.", Reply(*text.partition("script")))
        body = "[...document.querySelectorAll('.assistant .body')]"
        self.tab.run(f"{body}.forEach((b) => b.querySelectorAll('a').forEach((a) => a.dispatchEvent(new MouseEvent('mouseover'))))")
        self.assertEqual(self.tab.run("typeof window.hacked"), "undefined")
        elements = f"{body}.flatMap((b) => [...b.querySelectorAll('*')])"
        made = self.tab.run(f"[...new Set({elements}.map((e) => e.localName))]")
        self.assertLessEqual(set(made), {"p", "a", "div", "span", "button", "pre", "code", "table", "thead", "tbody", "tr", "th", "td"})
        schemes = self.tab.run(f"{body}.flatMap((b) => [...b.querySelectorAll('a')]).map((a) => a.protocol)")
        self.assertEqual(set(schemes), {"https:"})
        attributes = self.tab.run(f"[...new Set({elements}.flatMap((e) => e.getAttributeNames()))]")
        self.assertEqual([name for name in attributes if name.startswith("on") or name == "style"], [])
        self.assertIn("<script>window.hacked = 1</script>", self.messages()[1][1])
        # The policy and trusted types would refuse even what the page itself did wrong.
        self.expected_in_console = "TrustedHTML"
        with self.assertRaisesRegex(AssertionError, "TrustedHTML"):
            self.tab.run("document.body.innerHTML = '<b>x</b>'")

    def test_hostile_names(self):
        self.mock.model = "<img src=x onerror=hacked=1>" + "m" * 500
        self.reload()
        self.send("<b>bold</b>" + "w" * 500, Reply("Fine."))
        self.assertEqual(self.tab.run("typeof window.hacked + document.querySelectorAll('main b').length"), "undefined0")
        self.assertLessEqual(self.tab.run("document.documentElement.scrollWidth"), 1280)

    def test_broken_and_huge_text_takes_little_time(self):
        tab = self.modules()
        for text in BROKEN:
            took = tab.run(f"(() => {{ const text = {json.dumps(text)}, start = performance.now(); whole(text); whole(text, true); "
                           "return performance.now() - start; })()")
            self.assertLess(took, 3000, text[:20])
        huge = [("word " * 2000).strip() for _ in range(100)]
        self.send("Write a book.", Reply(*huge, pause=0.01))
        self.assertEqual(self.tab.run("document.querySelector('.assistant .body').textContent.length"), sum(map(len, huge)))
        self.assertEqual(self.tab.run("document.documentElement.scrollWidth"), 1280)

    def test_right_to_left(self):
        self.send("مرحبا", Reply("مرحبا بالعالم\n\n", "Left to right.\n\n", "- שלום\n\n", "spoof \u202egnp.exe"))
        directions = self.tab.run("[...document.querySelectorAll('.assistant .body > *, .assistant .body li')].map((e) => "
                                  "getComputedStyle(e.dir ? e : e.firstElementChild).direction)")
        self.assertEqual(directions, ["rtl", "ltr", "rtl", "rtl", "ltr"])
        self.assertEqual(self.tab.run("getComputedStyle(document.querySelector('.given')).direction"), "rtl")
