// Reads the keywords of one schema, but not those that combine schemas.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "grammar/schema_constraints.hpp"

namespace ringlet::grammar {

class SchemaReader {
 public:
  /// `document` must outlive this object. Notes for the user are added to `notes`.
  SchemaReader(const SchemaDocument& document, std::vector<std::string>& notes)
      : document_(document), notes_(notes) {}

  /// What an object of keywords demands by itself. Throws port::Failure, with the place, for what
  /// is refused or wrong.
  [[nodiscard]] Constraints read(const SchemaPlace& place);

 private:
  void read_type(const SchemaPlace& place, Constraints& constraints);
  void read_values(const SchemaPlace& place, Constraints& constraints);
  void read_number(const SchemaPlace& place, Constraints& constraints);
  void read_string(const SchemaPlace& place, Constraints& constraints);
  void read_given(const SchemaPlace& place, Constraints& constraints);
  void read_array(const SchemaPlace& place, Constraints& constraints);
  void read_object(const SchemaPlace& place, Constraints& constraints);
  void add_pattern(const SchemaPlace& place, std::string_view pattern, Constraints& constraints);
  void note(const SchemaPlace& place, const std::string& text);

  const SchemaDocument& document_;
  std::vector<std::string>& notes_;
  std::map<std::string, std::shared_ptr<const CharacterAutomaton>> patterns_;
};

}  // namespace ringlet::grammar
