"""How the tool finds and changes the names that a source keeps to itself."""
import sys
import unittest

from release_tree import ROOT

sys.path.insert(0, str(ROOT / "tools/release"))
import cpp_text  # noqa: E402

SOURCE = """
namespace ringlet {
namespace {

constexpr std::size_t entries = std::size_t{1} << 4;
alignas(64) constexpr std::array<std::array<int, 2>, entries> table = [] { return make(); }();
struct Line { int used; };
enum Kind : int { first, second = 2 };
enum class Scoped { entries, find };
template <typename T>
[[nodiscard]] std::span<const T> find(std::span<const T> all, int digits = 1'000) { return all; }
using Word = unsigned;
void Line::method() {}
RINGLET_LIST(DECLARE)

}  // namespace

/// Not find(), but "find".
int used(const Line& line) { return line.find + find(line)[entries] + std::find(Scoped::find); }

}  // namespace ringlet
"""


class Names(unittest.TestCase):
    def test_private_and_public_names_are_found(self):
        public, private = cpp_text.names_in_namespaces(SOURCE)
        self.assertEqual(public, {("ringlet", "used")})
        self.assertEqual({name for _, name in private},
                         {"entries", "table", "Line", "Kind", "first", "second", "Scoped", "find", "Word"})

    def test_members_qualified_names_strings_and_comments_stay(self):
        text = cpp_text.rename(SOURCE, {"find": "find_in_x", "entries": "entries_in_x"})
        self.assertIn("return line.find + find_in_x(line)[entries_in_x] + std::find(Scoped::find);", text)
        self.assertIn("enum class Scoped { entries, find };", text)
        self.assertIn('/// Not find(), but "find".', text)
        self.assertIn("std::span<const T> find_in_x(std::span<const T> all, int digits = 1'000)", text)

    def test_every_source_is_read_to_its_end(self):
        for path in sorted((ROOT / "runtime").rglob("*.[ch]pp")):
            text = path.read_text()
            self.assertEqual("".join(token for _, token in cpp_text.tokens(text)), text)
            cpp_text.names_in_namespaces(text)


if __name__ == "__main__":
    unittest.main()
