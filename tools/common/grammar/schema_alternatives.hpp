// Resolves $ref, allOf, anyOf and oneOf: a conjunction of schemas as a union of constraints.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "grammar/schema_constraints.hpp"
#include "grammar/schema_reader.hpp"

namespace ringlet::grammar {

using Alternatives = std::vector<Constraints>;

class SchemaAlternatives {
 public:
  /// `document` and `notes` must outlive this object.
  SchemaAlternatives(const SchemaDocument& document, std::vector<std::string>& notes)
      : document_(document), reader_(document, notes) {}

  /// A value satisfies the conjunction if it satisfies one of these. None: no value does.
  [[nodiscard]] Alternatives of(const Conjunction& conjunction);

  /// The same conjunction, with the target in place of a schema that is only a reference.
  [[nodiscard]] Conjunction resolved(const Conjunction& conjunction) const;

  /// Whether one of the alternatives allows the value.
  [[nodiscard]] bool allows(const Conjunction& conjunction, const SchemaPlace& value);
  [[nodiscard]] bool allows(const Constraints& constraints, const SchemaPlace& value);

 private:
  [[nodiscard]] Alternatives of(const SchemaPlace& place);
  [[nodiscard]] Alternatives of_keywords(const SchemaPlace& place);
  [[nodiscard]] Alternatives of_branches(const SchemaPlace& place, const Alternatives& base,
                                         bool exclusive);
  [[nodiscard]] Alternatives product(const Alternatives& a, const Alternatives& b,
                                     const SchemaPlace& place) const;

  // Whether a value that is written by `written` could satisfy `other`. True if in doubt.
  [[nodiscard]] bool overlap(const Constraints& written, const Constraints& other, unsigned level);
  [[nodiscard]] bool overlap(const Conjunction& written, const Conjunction& other, unsigned level);
  [[nodiscard]] bool objects_overlap(const Constraints& written, const Constraints& other,
                                     unsigned level);

  const SchemaDocument& document_;
  SchemaReader reader_;
  std::set<const Json*> active_;  // schemas that are being resolved
};

}  // namespace ringlet::grammar
