"""Compares the converter's renderer with Jinja2 on small templates that cover the language."""
import unittest

import language
import oracle


class LanguageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.renderer = oracle.Renderer()

    @classmethod
    def tearDownClass(cls):
        cls.renderer.close()

    def compare(self, templates):
        for template in templates:
            with self.subTest(template=template):
                expected = oracle.jinja2_answer(template, language.VARIABLES)
                answer = self.renderer.render(template, language.VARIABLES)
                if "text" in expected:
                    self.assertEqual(answer, expected)
                else:
                    self.assertIn("error", answer, expected)

    def test_lexer(self):
        self.compare(language.LEXER)

    def test_expressions(self):
        self.compare("{{ " + expression + " }}" for expression in language.EXPRESSIONS)

    def test_statements(self):
        self.compare(language.STATEMENTS)

    def test_what_is_not_supported_is_named(self):
        for template, part in language.REFUSED:
            with self.subTest(template=template):
                answer = self.renderer.render(template, language.VARIABLES)
                self.assertIn(part, answer.get("unsupported", ""), answer)
                self.assertRegex(answer["unsupported"], r"^line \d+: .* is not supported$")


if __name__ == "__main__":
    unittest.main()
