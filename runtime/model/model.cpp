#include "ringlet/model.hpp"

#include "base/crc32c.hpp"
#include "base/features.hpp"
#include "model/invalid_model.hpp"
#include "model/layer_sizes.hpp"
#include "model/preamble.hpp"
#include "model/required_features.hpp"
#include "model/verify.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {
namespace {

Status check_sampling(const SamplingDefaults& s) {
  const bool valid = s.temperature >= 0 && s.temperature <= 100 && s.top_p > 0 && s.top_p <= 1 &&
                     s.min_p >= 0 && s.min_p < 1 && s.repeat_penalty > 0 && s.repeat_penalty <= 100;
  return valid ? Status() : invalid_model("sampling", "a default is out of range");
}

}  // namespace

Result<Model> Model::open(std::span<const std::byte> bytes) noexcept {
  file::Preamble preamble{};
  Status status = read_preamble(bytes, preamble);
  if (!status.ok()) return status;
  const auto tables =
      bytes.subspan(sizeof(preamble), static_cast<std::size_t>(preamble.tables_size));
  if (crc32c(tables) != preamble.tables_crc32c) {
    return Status(ErrorCode::checksum_mismatch, "tables", "damaged (checksum differs)");
  }
  if (!verify_tables(tables)) {
    return invalid_model("tables", "not a valid FlatBuffer of the ringlet schema");
  }

  Model model;
  model.bytes_ = bytes;
  // The reader of the preamble bounds it.
  model.data_block_ = static_cast<std::uint32_t>(preamble.segment_offset / 64);
  model.tables_ = schema::GetModel(tables.data());
  status = verify_architecture(*model.tables_, model.architecture_);
  if (status.ok()) status = verify_tensors(*model.tables_, model.architecture_, model.data());
  if (status.ok() && model.tables_->tokenizer() != nullptr) {
    status = verify_tokenizer(*model.tables_->tokenizer(), model.architecture_);
  }
  if (status.ok()) status = check_sampling(model.sampling());
  if (status.ok()) status = verify_required_features(*model.tables_);
  if (!status.ok()) return status;
  return model;
}

Architecture Model::architecture(std::uint32_t layer) const noexcept {
  return layer_architecture(*this, layer);
}

std::uint32_t Model::cache_of(std::uint32_t layer) const noexcept {
  if (!features::per_layer) return layer;
  const std::int32_t owner = tables_->layers()->Get(layer)->cache_of();
  return owner < 0 ? layer : static_cast<std::uint32_t>(owner);
}

KvFormats Model::recommended_kv(std::uint32_t layer) const noexcept {
  const schema::Layer& table = *tables_->layers()->Get(layer);
  return {static_cast<KvFormat>(table.kv_keys()), static_cast<KvFormat>(table.kv_values())};
}

std::uint32_t Model::window(std::uint32_t layer) const noexcept {
  return tables_->layers()->Get(layer)->window();
}

Mixer Model::mixer(std::uint32_t layer) const noexcept {
  if (!features::recurrent) return Mixer::attention;
  return static_cast<Mixer>(tables_->layers()->Get(layer)->mixer());
}

SamplingDefaults Model::sampling() const noexcept {
  const schema::Sampling* table = tables_->sampling();
  if (table == nullptr) return {};
  return {.temperature = table->temperature(),
          .top_k = table->top_k(),
          .top_p = table->top_p(),
          .min_p = table->min_p(),
          .repeat_penalty = table->repeat_penalty()};
}

}  // namespace ringlet
