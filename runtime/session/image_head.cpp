#include "session/image_head.hpp"

#include <cstring>

#include "base/checked.hpp"
#include "base/crc32c.hpp"
#include "session/flat_writer.hpp"

namespace ringlet {
namespace {

constexpr flatbuffers::uoffset_t deepest_table = 4;
constexpr flatbuffers::uoffset_t most_tables = 8;
constexpr std::size_t identifier_end = 12;  // size, offset of the root, identifier

Status bad(const char* where, const char* what) { return {ErrorCode::invalid_image, where, what}; }

constexpr std::uint64_t in_lines(std::uint64_t bytes) {
  return (bytes + image_alignment - 1) / image_alignment * image_alignment;
}

/// The size that the first four bytes tell, with them; within the image.
Result<std::uint64_t> head_size(std::span<const std::byte> image) {
  if (reinterpret_cast<std::uintptr_t>(image.data()) % alignof(std::uint64_t) != 0) {
    return Status(ErrorCode::invalid_argument, "image",
                  "must lie at an address that is a multiple of 8; copy it to one");
  }
  constexpr std::size_t smallest = identifier_end + sizeof(ImageChecksums);
  if (image.size() < smallest) {
    return bad("image", "is too short to be one").with(smallest, image.size());
  }
  if (!schema::SizePrefixedImageBufferHasIdentifier(image.data())) {
    return bad("image", "is not the image of a session (its first bytes differ)");
  }
  std::uint32_t size = 0;
  std::memcpy(&size, image.data(), sizeof(size));
  const std::uint64_t whole = std::uint64_t{size} + sizeof(size);
  const std::uint64_t least = whole + sizeof(ImageChecksums);
  if (least > image.size()) {
    return bad("image", "is truncated; its head is longer than that").with(least, image.size());
  }
  return whole;
}

/// One format for each layer; returns where they are.
template <typename Side>
std::size_t write_formats(FlatWriter& writer, const ImageContent& content, Side side) {
  const std::uint32_t layers = content.model.architecture().layers;
  const std::size_t start = writer.put(layers);
  for (std::uint32_t i = 0; i < layers; ++i) {
    const KvFormats formats = content.config.kv.value_or(content.model.recommended_kv(i));
    writer.put(static_cast<std::uint8_t>(side(formats)));
  }
  return start;
}

std::size_t write_sampler(FlatWriter& writer, const ImageContent& content) {
  const Sampler::Place place =
      content.sampler != nullptr ? content.sampler->place() : Sampler::Place{};
  using State = schema::SamplerState;
  const std::size_t table = writer.table({{State::VT_SEED, 8, place.seed},
                                          {State::VT_DRAWS, 8, place.draws},
                                          FlatField::reference(State::VT_RECENT)});
  writer.link(table, State::VT_RECENT, writer.put(content.recent));
  for (std::uint32_t i = 0; i < content.recent; ++i) {
    writer.put(content.sampler != nullptr ? content.sampler->recent(i) : TokenId{0});
  }
  return table;
}

}  // namespace

Result<ImageView> open_image(std::span<const std::byte> image) noexcept {
  const Result<std::uint64_t> size = head_size(image);
  if (!size) return size.status();
  const auto head = image.first(static_cast<std::size_t>(*size));
  const auto* buffer = reinterpret_cast<const std::uint8_t*>(head.data());
  flatbuffers::Verifier verifier(buffer, head.size(), deepest_table, most_tables);
  if (head.size() >= FLATBUFFERS_MAX_BUFFER_SIZE || head.size() % image_alignment != 0 ||
      !schema::VerifySizePrefixedImageBuffer(verifier)) {
    return bad("image", "is damaged; its head is not a valid FlatBuffer of the image schema");
  }
  ImageView view;
  view.head = schema::GetSizePrefixedImage(buffer);
  if (view.head->version() != image_version) {
    return Status(ErrorCode::unsupported, "version",
                  "of the image is one that this runtime does not read; save a new image")
        .with(image_version, view.head->version());
  }
  const Checked whole = Checked(*size) + view.head->planes() + sizeof(ImageChecksums);
  if (!whole.valid() || whole.value() != image.size()) {
    const bool short_of = !whole.valid() || whole.value() > image.size();
    return bad("image", short_of ? "is truncated; its head tells of more bytes than there are"
                                 : "has bytes after its end")
        .with(whole.valid() ? whole.value() : UINT64_MAX, image.size());
  }
  ImageChecksums checksums{};
  const auto rest = image.subspan(head.size());
  view.planes = rest.first(rest.size() - sizeof(checksums));
  std::memcpy(&checksums, rest.data() + view.planes.size(), sizeof(checksums));
  view.planes_crc32c = checksums.planes;
  if (crc32c(head) != checksums.head) {
    return Status(ErrorCode::checksum_mismatch, "image",
                  "is damaged (checksum of its head differs)");
  }
  return view;
}

LayerCache layer_in_image(const LayerCache& layer, const RingCursor& cursor) noexcept {
  const SlotsInUse used = slots_in_use(layer.ring, cursor);
  LayerCache result = layer;
  result.regions[static_cast<std::size_t>(Region::pinned)].slots = used.pinned;
  result.regions[static_cast<std::size_t>(Region::ring)].slots = used.ring;
  result.regions[static_cast<std::size_t>(Region::cold)].slots = used.cold;
  return result;
}

std::uint64_t planes_bytes(const ImageContent& content) noexcept {
  std::uint64_t bytes = in_lines(std::uint64_t{content.logits} * sizeof(float));
  for (std::uint32_t i = 0; i < content.model.architecture().layers; ++i) {
    const LayerCache layer =
        layer_cache(content.config, content.model.window(i), content.model.recommended_kv(i));
    bytes += layer_cache_bytes(layer_in_image(layer, content.cursor), content.model.architecture())
                 .total();
  }
  return bytes;
}

std::size_t write_image_head(const ImageContent& content, std::span<std::byte> out) noexcept {
  using Image = schema::Image;
  const Config& config = content.config;
  FlatWriter writer(out);
  const std::size_t size_at = writer.put(std::uint32_t{0});
  const std::size_t root_at = writer.put(std::uint32_t{0});
  for (const char* c = schema::ImageIdentifier(); *c != '\0'; ++c) writer.put(*c);
  const std::size_t table =
      writer.table({{Image::VT_MODEL, 8, content.model.hash()},
                    {Image::VT_POSITION, 8, content.cursor.position()},
                    {Image::VT_WRITTEN, 8, content.cursor.written()},
                    {Image::VT_PLANES, 8, planes_bytes(content)},
                    {Image::VT_VERSION, 4, image_version},
                    {Image::VT_CONTEXT, 4, config.context},
                    {Image::VT_SINKS, 4, config.sinks},
                    {Image::VT_HOT_WINDOW, 4, config.hot_window},
                    {Image::VT_PREFILL_CHUNK, 4, config.prefill_chunk},
                    {Image::VT_LOGITS, 4, content.logits},
                    FlatField::reference(Image::VT_KEYS),
                    FlatField::reference(Image::VT_VALUES),
                    content.has_sampler ? FlatField::reference(Image::VT_SAMPLER) : FlatField()});
  writer.patch(root_at, table);
  const auto keys = [](KvFormats formats) { return formats.keys; };
  const auto values = [](KvFormats formats) { return formats.values; };
  writer.link(table, Image::VT_KEYS, write_formats(writer, content, keys));
  writer.link(table, Image::VT_VALUES, write_formats(writer, content, values));
  if (content.has_sampler) writer.link(table, Image::VT_SAMPLER, write_sampler(writer, content));
  // Padding counts as part of the FlatBuffer, so that the planes follow it directly.
  writer.align(image_alignment);
  writer.patch(size_at, size_at + writer.size() - sizeof(std::uint32_t));
  return writer.size();
}

}  // namespace ringlet
