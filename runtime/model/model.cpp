#include "ringlet/model.hpp"

#include "base/crc32c.hpp"
#include "model/needs.hpp"
#include "model/preamble.hpp"
#include "model/verify.hpp"
#include "schema/ringlet_generated.h"

namespace ringlet {
namespace {

// Tables nest four deep (model, layer, matrix); anything near these limits is an attack.
constexpr flatbuffers::uoffset_t deepest_table = 8;
constexpr flatbuffers::uoffset_t most_tables = 1U << 17;

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_model, where, what}; }

Status check_sampling(const SamplingDefaults& s) {
  const bool valid = s.temperature >= 0 && s.temperature <= 100 && s.top_p > 0 && s.top_p <= 1 &&
                     s.min_p >= 0 && s.min_p < 1 && s.repeat_penalty > 0 && s.repeat_penalty <= 100;
  return valid ? Status() : bad("sampling", "has a default outside its range");
}

}  // namespace

Result<Model> Model::open(std::span<const std::byte> bytes) noexcept {
  file::Preamble preamble{};
  Status status = read_preamble(bytes, preamble);
  if (!status.ok()) return status;
  const auto tables =
      bytes.subspan(sizeof(preamble), static_cast<std::size_t>(preamble.tables_size));
  if (crc32c(tables) != preamble.tables_crc32c) {
    return Status(ErrorCode::checksum_mismatch, "tables", "are damaged (checksum differs)");
  }
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(tables.data());
  flatbuffers::Verifier verifier(buffer, tables.size(), deepest_table, most_tables);
  if (tables.size() >= FLATBUFFERS_MAX_BUFFER_SIZE || !schema::VerifyModelBuffer(verifier)) {
    return bad("tables", "are not a valid FlatBuffer of the ringlet schema");
  }

  Model model;
  model.bytes_ = bytes;
  model.data_ = bytes.subspan(static_cast<std::size_t>(preamble.segment_offset));
  model.tables_ = schema::GetModel(buffer);
  status = verify_architecture(*model.tables_, model.architecture_);
  if (status.ok()) status = verify_tensors(*model.tables_, model.architecture_, model.data_);
  if (status.ok() && model.tables_->tokenizer() != nullptr) {
    status = verify_tokenizer(*model.tables_->tokenizer(), model.architecture_);
  }
  if (status.ok()) status = check_sampling(model.sampling());
  if (status.ok()) status = verify_needs(*model.tables_);
  if (!status.ok()) return status;
  return model;
}

KvFormats Model::recommended_kv(std::uint32_t layer) const noexcept {
  const schema::Layer& table = *tables_->layers()->Get(layer);
  return {static_cast<KvFormat>(table.kv_keys()), static_cast<KvFormat>(table.kv_values())};
}

std::uint32_t Model::window(std::uint32_t layer) const noexcept {
  return tables_->layers()->Get(layer)->window();
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
