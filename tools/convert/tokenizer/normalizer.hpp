// Builds the tables of schema table Normalizer from the normalizers in sources.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "source/source_model.hpp"

namespace ringlet::convert {

/// Collects the steps of a normalizer, in order.
class NormalizerBuilder {
 public:
  /// `where` begins every error message.
  explicit NormalizerBuilder(std::string where) : where_(std::move(where)) {}

  // Each step throws std::runtime_error if it cannot follow the previous ones.

  /// Normalization Form C, or KC.
  void nfc(bool compatibility);

  /// Lower case of every character separately, by Unicode's unconditional mappings.
  void lowercase();

  /// Replaces every occurrence of a text by another.
  void replace(const std::string& from, const std::string& to);

  /// SentencePiece's precompiled table.
  void charsmap(std::string_view bytes);

  [[nodiscard]] bool empty() const { return name_.empty(); }

  /// The tables; empty if there were no steps.
  [[nodiscard]] SourceNormalizer build() const;

 private:
  using Map = std::map<std::string, std::string>;

  void begin_step(const std::string& name);
  void then(const Map& characters);

  std::string where_;
  std::string name_;  // of the steps
  Map map_;
  SourceNormalizer charsmap_;
  bool composes_ = false;
};

/// NFC alone.
SourceNormalizer nfc_normalizer();

}  // namespace ringlet::convert
