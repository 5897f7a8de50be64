#include "session/snapshot_header.hpp"

#include <cstring>

#include "base/checked.hpp"
#include "base/crc32c.hpp"
#include "base/invalid_argument.hpp"
#include "model/table_shapes.hpp"
#include "session/flat_writer.hpp"
#include "session/invalid_snapshot.hpp"

namespace ringlet {
namespace {

constexpr flatbuffers::uoffset_t deepest_table = 4;
constexpr flatbuffers::uoffset_t most_tables = 8;
constexpr std::size_t size_prefix = sizeof(flatbuffers::uoffset_t);
constexpr std::size_t identifier_end = 12;  // size, offset of the root, identifier

using SnapshotShapes = SchemaShapes<
    TableOf<schema::Snapshot, is_one_of<schema::Snapshot::VT_KEYS, schema::Snapshot::VT_VALUES>>,
    TableOf<schema::SamplerState, is_one_of<>>>;

constexpr std::uint64_t in_lines(std::uint64_t bytes) {
  return (bytes + snapshot_alignment - 1) / snapshot_alignment * snapshot_alignment;
}

/// Returns the size of the header: the first four bytes and the FlatBuffer whose size they give. It
/// lies within the snapshot.
Result<std::uint64_t> head_size(std::span<const std::byte> snapshot) {
  if (reinterpret_cast<std::uintptr_t>(snapshot.data()) % alignof(std::uint64_t) != 0) {
    return invalid_argument("snapshot", "must be aligned to 8 bytes");
  }
  constexpr std::size_t smallest = identifier_end + sizeof(SnapshotChecksums);
  if (snapshot.size() < smallest) {
    return invalid_snapshot("snapshot", "too short for a snapshot").with(smallest, snapshot.size());
  }
  if (!schema::SizePrefixedSnapshotBufferHasIdentifier(snapshot.data())) {
    return invalid_snapshot("snapshot", "not the snapshot of a session (its first bytes differ)");
  }
  std::uint32_t size = 0;
  std::memcpy(&size, snapshot.data(), sizeof(size));
  const std::uint64_t whole = std::uint64_t{size} + sizeof(size);
  const std::uint64_t least = whole + sizeof(SnapshotChecksums);
  if (least > snapshot.size()) {
    return invalid_snapshot("snapshot", "truncated within its header").with(least, snapshot.size());
  }
  return whole;
}

/// Does what schema::VerifySizePrefixedSnapshotBuffer() does, for a header whose size and
/// identifier are known.
bool verify_header(std::span<const std::byte> header) {
  if (header.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return false;
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(header.data());
  flatbuffers::Verifier verifier(buffer, header.size(), deepest_table, most_tables);
  const std::size_t root = verifier.VerifyOffset(size_prefix);
  return root != 0 && check_tables(verifier, buffer + size_prefix + root, SnapshotShapes::all);
}

/// Writes one format for each layer, and returns their offset.
template <typename Side>
std::size_t write_formats(FlatWriter& writer, const SnapshotContent& content, Side side) {
  const std::uint32_t layers = content.model.architecture().layers;
  const std::size_t start = writer.put(layers);
  for (std::uint32_t i = 0; i < layers; ++i) {
    const KvFormats formats = content.config.kv.value_or(content.model.recommended_kv(i));
    writer.put(static_cast<std::uint8_t>(side(formats)));
  }
  return start;
}

std::size_t write_sampler(FlatWriter& writer, const SnapshotContent& content) {
  const Sampler::State state =
      content.sampler != nullptr ? content.sampler->state() : Sampler::State{};
  using State = schema::SamplerState;
  const std::size_t table = writer.table({{State::VT_SEED, 8, state.seed},
                                          {State::VT_DRAWS, 8, state.draws},
                                          FlatField::reference(State::VT_RECENT)});
  writer.link(table, State::VT_RECENT, writer.put(content.recent));
  for (std::uint32_t i = 0; i < content.recent; ++i) {
    writer.put(content.sampler != nullptr ? content.sampler->recent(i) : TokenId{0});
  }
  return table;
}

}  // namespace

Result<SnapshotView> open_snapshot(std::span<const std::byte> snapshot) noexcept {
  const Result<std::uint64_t> size = head_size(snapshot);
  if (!size) return size.status();
  const auto header = snapshot.first(static_cast<std::size_t>(*size));
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(header.data());
  if (header.size() % snapshot_alignment != 0 || !verify_header(header)) {
    return invalid_snapshot("snapshot",
                            "damaged: its header is not a valid FlatBuffer of the schema");
  }
  SnapshotView view;
  view.header = schema::GetSizePrefixedSnapshot(buffer);
  if (view.header->version() != snapshot_version) {
    return Status(ErrorCode::unsupported, "version",
                  "unsupported version of the snapshot; save a new one")
        .with(snapshot_version, view.header->version());
  }
  const Checked whole = Checked(*size) + view.header->planes() + sizeof(SnapshotChecksums);
  if (!whole.valid() || whole.value() != snapshot.size()) {
    const bool short_of = !whole.valid() || whole.value() > snapshot.size();
    return invalid_snapshot("snapshot", short_of ? "truncated" : "has bytes after its end")
        .with(whole.valid() ? whole.value() : UINT64_MAX, snapshot.size());
  }
  SnapshotChecksums checksums{};
  const auto rest = snapshot.subspan(header.size());
  view.planes = rest.first(rest.size() - sizeof(checksums));
  std::memcpy(&checksums, rest.data() + view.planes.size(), sizeof(checksums));
  view.planes_crc32c = checksums.planes;
  if (crc32c(header) != checksums.header) {
    return Status(ErrorCode::checksum_mismatch, "snapshot",
                  "damaged (checksum of its header differs)");
  }
  return view;
}

LayerCache layer_in_snapshot(const LayerCache& layer, const RingCursor& cursor) noexcept {
  const SlotsInUse used = slots_in_use(layer.ring, cursor);
  LayerCache result = layer;
  result.regions[static_cast<std::size_t>(Region::sinks)].slots = used.sinks;
  result.regions[static_cast<std::size_t>(Region::hot)].slots = used.hot;
  result.regions[static_cast<std::size_t>(Region::cold)].slots = used.cold;
  return result;
}

std::uint64_t planes_bytes(const SnapshotContent& content) noexcept {
  std::uint64_t bytes = in_lines(std::uint64_t{content.logits} * sizeof(float)) +
                        recurrent_sizes(content.model, content.config).saved_bytes();
  for (std::uint32_t i = 0; i < content.model.architecture().layers; ++i) {
    const LayerCache layer = layer_cache(content.model, content.config, i);
    bytes +=
        layer_cache_bytes(layer_in_snapshot(layer, content.cursor), head_sizes(content.model, i))
            .total();
  }
  return bytes;
}

std::size_t write_snapshot_header(const SnapshotContent& content,
                                  std::span<std::byte> out) noexcept {
  using Snapshot = schema::Snapshot;
  const Config& config = content.config;
  FlatWriter writer(out);
  const std::size_t size_at = writer.put(std::uint32_t{0});
  const std::size_t root_at = writer.put(std::uint32_t{0});
  for (const char* c = schema::SnapshotIdentifier(); *c != '\0'; ++c) writer.put(*c);
  const std::size_t table = writer.table(
      {{Snapshot::VT_MODEL, 8, content.model.hash()},
       {Snapshot::VT_POSITION, 8, content.cursor.position()},
       {Snapshot::VT_WRITTEN, 8, content.cursor.written()},
       {Snapshot::VT_PLANES, 8, planes_bytes(content)},
       {Snapshot::VT_VERSION, 4, snapshot_version},
       {Snapshot::VT_CONTEXT, 4, config.context},
       {Snapshot::VT_SINKS, 4, config.sinks},
       {Snapshot::VT_HOT_WINDOW, 4, config.hot_window},
       {Snapshot::VT_PREFILL_CHUNK, 4, config.prefill_chunk},
       {Snapshot::VT_LOGITS, 4, content.logits},
       FlatField::reference(Snapshot::VT_KEYS),
       FlatField::reference(Snapshot::VT_VALUES),
       content.has_sampler ? FlatField::reference(Snapshot::VT_SAMPLER) : FlatField()});
  writer.patch(root_at, table);
  const auto keys = [](KvFormats formats) { return formats.keys; };
  const auto values = [](KvFormats formats) { return formats.values; };
  writer.link(table, Snapshot::VT_KEYS, write_formats(writer, content, keys));
  writer.link(table, Snapshot::VT_VALUES, write_formats(writer, content, values));
  if (content.has_sampler) writer.link(table, Snapshot::VT_SAMPLER, write_sampler(writer, content));
  // Padding counts as part of the FlatBuffer, so that the planes follow it directly.
  writer.align(snapshot_alignment);
  writer.patch(size_at, size_at + writer.size() - sizeof(std::uint32_t));
  return writer.size();
}

}  // namespace ringlet
