#include "ringlet/grammar.hpp"

#include <algorithm>

#include "base/features.hpp"
#include "base/left_out.hpp"
#include "grammar/envelope.hpp"
#include "grammar/grammar_tables.hpp"
#include "grammar/verify_grammar.hpp"

namespace ringlet {
namespace {

constexpr std::uint32_t version = 1;

using Shapes = SchemaShapes<TableOf<
    schema::Grammar, is_one_of<schema::Grammar::VT_STATES, schema::Grammar::VT_EDGE_ENDS,
                               schema::Grammar::VT_EDGE_RANGES, schema::Grammar::VT_EDGE_TARGETS,
                               schema::Grammar::VT_EDGE_PUSHES>>>;

}  // namespace

Result<Grammar> Grammar::open(std::span<const std::byte> bytes) noexcept {
  if (!features::grammar) return left_out("grammar");
  const auto table = open_envelope(bytes, {"grammar", schema::GrammarIdentifier(), Shapes::all});
  if (!table) return table.status();
  Grammar grammar;
  grammar.tables_ = reinterpret_cast<const schema::Grammar*>(*table);
  if (grammar.tables_->version() != version) {
    return Status(ErrorCode::unsupported, "grammar.version",
                  "unsupported version of the file; compile the grammar again")
        .with(version, grammar.tables_->version());
  }
  if (const Status status = verify_grammar(*grammar.tables_); !status.ok()) return status;
  const GrammarTables g(*grammar.tables_);
  for (std::uint32_t edge = 0; edge < g.edge_ends[g.states - 1]; ++edge) {
    const auto pushes = static_cast<std::uint16_t>(g.pushed_by(edge).count);
    grammar.most_pushes_ = std::max(grammar.most_pushes_, pushes);
  }
  for (std::uint32_t state = 0; state < g.states; ++state) {
    grammar.has_spans_ = grammar.has_spans_ || g.kind(state) == GrammarKind::span;
    grammar.has_spaces_ = grammar.has_spaces_ || g.has(state, GrammarFlags::spaced);
  }
  return grammar;
}

std::uint32_t Grammar::states() const noexcept {
  return tables_ == nullptr ? 0 : tables_->states()->size();
}

std::uint32_t Grammar::depth() const noexcept { return tables_ == nullptr ? 0 : tables_->depth(); }

std::uint32_t Grammar::list_count() const noexcept {
  if (tables_ == nullptr || tables_->list_name_ends() == nullptr) return 0;
  return tables_->list_name_ends()->size();
}

std::string_view Grammar::list_name(std::uint32_t index) const noexcept {
  if (index >= list_count()) return {};
  const std::uint32_t begin = index == 0 ? 0 : tables_->list_name_ends()->Get(index - 1);
  return {reinterpret_cast<const char*>(tables_->list_names()->data()) + begin,
          tables_->list_name_ends()->Get(index) - std::size_t{begin}};
}

std::uint32_t Grammar::find_list(std::string_view name) const noexcept {
  std::uint32_t index = 0;
  while (index < list_count() && list_name(index) != name) ++index;
  return index;
}

}  // namespace ringlet
