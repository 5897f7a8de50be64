#include "source/llama2c/llama2c_header.hpp"

#include <array>
#include <cstring>
#include <stdexcept>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t magic = 0x616B3432;  // "ak42" as a number
constexpr std::size_t sizes_count = 7;
constexpr std::size_t legacy_bytes = sizes_count * sizeof(std::int32_t);
constexpr std::size_t versioned_bytes = 256;
constexpr std::size_t sizes_offset = 8;
constexpr std::size_t shared_offset = sizes_offset + legacy_bytes;
constexpr std::size_t group_offset = shared_offset + 1;

std::int32_t read_int(std::span<const std::byte> bytes, std::size_t offset) {
  std::int32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

/// Reads the seven sizes. In `legacy` files, the sign of the vocabulary is the classifier flag.
class SizesReader {
 public:
  SizesReader(const std::string& file_name, bool legacy) : file_name_(file_name), legacy_(legacy) {}

  void read(std::span<const std::byte> bytes, Llama2cHeader& header) const {
    header.dim = positive("dim", read_int(bytes, 0));
    header.hidden_dim = positive("hidden_dim", read_int(bytes, 4));
    header.layers = positive("n_layers", read_int(bytes, 8));
    header.heads = positive("n_heads", read_int(bytes, 12));
    header.kv_heads = positive("n_kv_heads", read_int(bytes, 16));
    const std::int64_t vocab_size = read_int(bytes, 20);
    if (legacy_) header.shared_classifier = vocab_size > 0;
    header.vocab_size =
        positive("vocab_size", legacy_ && vocab_size < 0 ? -vocab_size : vocab_size);
    header.context = positive("max_seq_len", read_int(bytes, 24));
    check_heads(header);
  }

 private:
  /// Nothing else identifies a file without a magic as a checkpoint.
  [[nodiscard]] const char* advice() const {
    return legacy_ ? ", so it is not a llama2.c checkpoint" : "; it is damaged";
  }

  std::uint32_t positive(const char* field, std::int64_t value) const {
    if (value <= 0 || value > std::int64_t{0x7FFFFFFF}) {
      fail(file_name_, " has ", field, " = ", value, " in its header", advice());
    }
    return static_cast<std::uint32_t>(value);
  }

  void check_heads(const Llama2cHeader& h) const {
    if (h.dim % h.heads != 0) {
      fail(file_name_, " has dim = ", h.dim, " in its header, which n_heads = ", h.heads,
           " does not divide", advice());
    }
    if (h.heads % h.kv_heads != 0) {
      fail(file_name_, " has n_heads = ", h.heads,
           " in its header, which n_kv_heads = ", h.kv_heads, " does not divide", advice());
    }
    if (h.head_dim() % 2 != 0) {
      fail(file_name_, " has heads of odd size ", h.head_dim(),
           ", which rotary pairs do not divide", advice());
    }
  }

  const std::string& file_name_;
  bool legacy_;
};

void check_length(std::span<const std::byte> bytes, std::size_t needed, const std::string& name) {
  if (bytes.size() >= needed) return;
  fail(name, " is truncated: its header takes ", needed, " bytes, the file has ", bytes.size());
}

Llama2cHeader parse_versioned(std::span<const std::byte> bytes, const std::string& name) {
  check_length(bytes, versioned_bytes, name);
  const std::int32_t version = read_int(bytes, 4);
  if (version != 1 && version != 2) {
    fail(name, " is a llama2.c checkpoint of version ", version,
         "; versions 1 and 2 and the legacy format can be converted");
  }
  Llama2cHeader header{.version = static_cast<std::uint32_t>(version), .bytes = versioned_bytes};
  SizesReader(name, false).read(bytes.subspan(sizes_offset), header);
  const auto shared = std::to_integer<unsigned>(bytes[shared_offset]);
  if (shared > 1) {
    fail(name, " has shared_classifier = ", shared, " in its header; it must be 0 or 1");
  }
  header.shared_classifier = shared == 1;
  if (version == 2) {
    const std::int32_t group_size = read_int(bytes, group_offset);
    if (group_size <= 0)
      fail(name, " has group_size = ", group_size, " in its header; it is damaged");
    header.group_size = static_cast<std::uint32_t>(group_size);
  }
  return header;
}

}  // namespace

bool has_llama2c_magic(std::span<const std::byte> bytes) {
  return bytes.size() >= sizeof(magic) && std::memcmp(bytes.data(), &magic, sizeof(magic)) == 0;
}

bool has_legacy_llama2c_sizes(std::span<const std::byte> bytes) {
  constexpr std::uint32_t largest_width = 1U << 20;
  constexpr std::uint32_t most_layers = 1U << 16;
  if (bytes.size() < legacy_bytes || has_llama2c_magic(bytes)) return false;
  try {
    const Llama2cHeader header = parse_llama2c_header(bytes, "");
    return header.dim <= largest_width && header.layers <= most_layers;
  } catch (const std::runtime_error&) {
    return false;
  }
}

Llama2cHeader parse_llama2c_header(std::span<const std::byte> bytes, const std::string& file_name) {
  if (has_llama2c_magic(bytes)) return parse_versioned(bytes, file_name);
  check_length(bytes, legacy_bytes, file_name);
  Llama2cHeader header{.bytes = legacy_bytes};
  SizesReader(file_name, true).read(bytes, header);
  return header;
}

}  // namespace ringlet::convert
