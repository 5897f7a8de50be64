// What sources say about normalizing texts, as the tables of schema table Normalizer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "source_model.hpp"

namespace ringlet::convert {

/// Collects the steps of a normalizer, in their order.
class NormalizerBuilder {
 public:
  /// `where` begins every message of an error.
  explicit NormalizerBuilder(std::string where) : where_(std::move(where)) {}

  // Each step throws std::runtime_error when it cannot come after those that were there before.

  /// Normalization Form C, or KC.
  void nfc(bool compatibility);

  /// Every character by itself, as Unicode's unconditional mappings say.
  void lowercase();

  /// A text by another, wherever it stands.
  void replace(const std::string& from, const std::string& to);

  /// SentencePiece's precompiled table.
  void charsmap(std::string_view bytes);

  [[nodiscard]] bool empty() const { return name_.empty(); }

  /// The tables; empty ones when there was no step.
  [[nodiscard]] SourceNormalizer build() const;

 private:
  using Map = std::map<std::string, std::string>;

  void begin_step(const std::string& name);
  void then(const Map& characters);

  std::string where_;
  std::string name_;  // the steps
  Map map_;
  SourceNormalizer charsmap_;
  bool composes_ = false;
};

/// NFC alone.
SourceNormalizer nfc_normalizer();

}  // namespace ringlet::convert
