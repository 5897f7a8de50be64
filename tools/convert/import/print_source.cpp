#include "import/print_source.hpp"

#include "common/format_values.hpp"
#include "common/visible_text.hpp"
#include "import/print_note.hpp"

namespace ringlet::convert {

using common::with_commas;

void print_source(const SourceModel& source) {
  const Architecture& a = source.architecture;
  print_note("%s\n", common::visible(source.source, true).c_str());
  print_note("  %u layers of width %u (hidden %u), %u heads of %u (%u for keys and values)\n",
             a.layers, a.dim, a.hidden_dim, a.heads, a.head_dim, a.kv_heads);
  print_note("  vocabulary of %s, context %s, %s\n", with_commas(a.vocab_size).c_str(),
             with_commas(a.trained_context).c_str(),
             a.tied_embedding ? "head tied to the embedding" : "separate head");
}

}  // namespace ringlet::convert
