#include "home.hpp"

#include <array>
#include <cstring>
#include <string_view>

#include "ringlet/snapshot.hpp"

namespace ringlet::port {
namespace {

/// The first bytes of a home: numbers of 32 bits, the lowest byte first.
struct Header {
  std::array<char, 4> magic;
  std::uint32_t version;
  std::uint32_t prefix_bytes;
  std::uint32_t lists_bytes;
};

constexpr std::size_t alignment = 64;  // of the prefix and of the lists
constexpr std::size_t header_bytes = alignment;
constexpr std::string_view magic = "RGLH";
constexpr std::uint32_t version = 1;

constexpr std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + alignment - 1) / alignment * alignment;
}

Status invalid(const char* where, const char* what) {
  return {ErrorCode::invalid_argument, where, what};
}

bool has_list(const WordLists& lists, std::string_view name) {
  for (std::uint32_t i = 0; i < lists.count(); ++i) {
    if (lists.name(i) == name) return true;
  }
  return false;
}

/// The lists of a grammar are those that it names, no more and no fewer.
bool are_of(const WordLists& lists, const Grammar& grammar) {
  for (std::uint32_t i = 0; i < grammar.list_count(); ++i) {
    if (!has_list(lists, grammar.list_name(i))) return false;
  }
  for (std::uint32_t i = 0; i < lists.count(); ++i) {
    if (grammar.find_list(lists.name(i)) == grammar.list_count()) return false;
  }
  return true;
}

Status check_prefix(const SnapshotInfo& info, const Model& model) {
  if (info.model_hash != model.hash()) {
    return invalid("home.prefix", "made with another model; make the home again with this one");
  }
  if (info.sinks != info.position || info.sinks == 0) {
    return invalid("home.prefix", "not pinned; make it with ringlet prefix --pin")
        .with(info.position, info.sinks);
  }
  return {};
}

/// Divides the flash by its header.
Result<Home> divide(std::span<const std::byte> flash, std::span<const std::byte>& lists) {
  Header header{};
  if (flash.size() < header_bytes) return invalid("home", "too short for its header");
  std::memcpy(&header, flash.data(), sizeof header);
  if (std::string_view(header.magic.data(), header.magic.size()) != magic) {
    return invalid("home",
                   "none is in flash here (its first bytes differ); write one of make_home.py");
  }
  if (header.version != version) {
    return invalid("home", "has another version; make it again").with(version, header.version);
  }
  const std::span<const std::byte> rest = flash.subspan(header_bytes);
  const std::uint64_t end = aligned(header.prefix_bytes) + std::uint64_t{header.lists_bytes};
  if (end > rest.size())
    return invalid("home", "is larger than its flash").at_most(rest.size(), end);
  lists = rest.subspan(static_cast<std::size_t>(aligned(header.prefix_bytes)), header.lists_bytes);
  return Home{.prefix = rest.first(header.prefix_bytes), .lists = {}};
}

}  // namespace

Result<Home> open_home(std::span<const std::byte> flash, const Model& model,
                       const Grammar& grammar) noexcept {
  std::span<const std::byte> lists;
  Result<Home> home = divide(flash, lists);
  if (!home.ok()) return home;
  const Result<SnapshotInfo> info = snapshot_info(home->prefix);
  if (!info.ok()) return info.status();
  if (const Status status = check_prefix(*info, model); !status.ok()) return status;
  const Result<WordLists> words = WordLists::open(lists);
  if (!words.ok()) return words.status();
  if (!are_of(*words, grammar)) {
    return invalid("home.lists", "made for another grammar; make the home again with this one");
  }
  home->lists = *words;
  home->tokens = info->sinks;
  return home;
}

Result<Config> config_for(const Home& home, const Config& planned, const Model& model) noexcept {
  const std::uint32_t window = planned.context - planned.sinks;
  const std::uint32_t most = model.architecture().trained_context;
  if (window > most || home.tokens > most - window) {
    return Status(ErrorCode::out_of_range, "home.prefix",
                  "has more tokens than the model has room for")
        .at_most(most < window ? 0 : most - window, home.tokens);
  }
  Config config = planned;
  config.sinks = home.tokens;
  config.context = home.tokens + window;
  return config;
}

}  // namespace ringlet::port
