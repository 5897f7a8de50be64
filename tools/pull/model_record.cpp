#include "pull/model_record.hpp"

#include <array>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/format_values.hpp"
#include "common/json.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::pull {
namespace {

constexpr int version = 1;

/// The keys of the file, and where their values go.
constexpr std::pair<const char*, std::string ModelRecord::*> fields[] = {
    {"source", &ModelRecord::source},   {"revision", &ModelRecord::revision},
    {"commit", &ModelRecord::commit},   {"endpoint", &ModelRecord::endpoint},
    {"licence", &ModelRecord::licence}, {"options", &ModelRecord::options},
    {"pulled", &ModelRecord::pulled},   {"file", &ModelRecord::file}};

}  // namespace

std::string to_json(const ModelRecord& record) {
  nlohmann::ordered_json document = {{"version", version}};
  for (const auto& [key, member] : fields) document[key] = record.*member;
  return document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::optional<ModelRecord> record_from_json(std::string_view text) {
  try {
    const common::JsonDocument document(text, "record");
    const common::JsonField root = document.root();
    if (root.count("version") != version) return std::nullopt;
    ModelRecord record;
    for (const auto& [key, member] : fields) record.*member = root.text(key);
    return record;
  } catch (const port::Failure&) {
    return std::nullopt;
  }
}

std::string fingerprint(const std::string& path) {
  constexpr std::size_t preamble_size = 64;
  constexpr std::size_t checksum_offset = 12;  // model/file_format.hpp
  std::array<char, preamble_size> preamble{};
  std::ifstream file(path, std::ios::binary);
  if (!file.read(preamble.data(), preamble.size())) return {};
  if (std::string_view(preamble.data(), 5) != std::string_view("\x89RGLT", 5)) return {};
  std::string text;
  for (std::size_t i = checksum_offset + 4; i-- > checksum_offset;) {
    text += common::format("%02x", static_cast<unsigned>(static_cast<unsigned char>(preamble[i])));
  }
  return text;
}

std::string time_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&now, &parts) == nullptr) return {};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace ringlet::pull
