#include "source/huggingface/safetensors.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include "source/errors.hpp"
#include "source/foreign_file.hpp"
#include "source/json_file.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t longest_header = 100'000'000;  // the limit of the reference implementation

constexpr const char* whole_model = "model.safetensors";
constexpr const char* index_name = "model.safetensors.index.json";

std::string_view header_of(const PagedFile& file, const std::string& name) {
  std::uint64_t length = 0;
  if (file.bytes().size() < length_bytes) fail(name, " is too short to be a safetensors file");
  std::memcpy(&length, file.bytes().data(), sizeof(length));
  const std::uint64_t rest = file.bytes().size() - length_bytes;
  if (length > rest || length > longest_header) {
    if (const auto foreign = describe_foreign(file.bytes())) fail(name, " ", *foreign);
    fail(name, " is truncated, or not a safetensors file: its header takes ", length,
         " bytes, the file has ", rest, " after the length");
  }
  return {reinterpret_cast<const char*>(file.bytes().data()) + length_bytes,
          static_cast<std::size_t>(length)};
}

/// The two offsets of a tensor, relative to the end of the header.
struct Place {
  std::uint64_t begin;
  std::uint64_t end;
  std::string tensor;
};

Place place_of(const JsonField& entry, const std::string& tensor) {
  const std::vector<std::uint64_t> offsets = entry.sizes("data_offsets");
  if (offsets.size() != 2 || offsets[0] > offsets[1]) {
    entry.refuse("data_offsets must be a beginning and an end after it");
  }
  return {offsets[0], offsets[1], tensor};
}

const ElementType& type_of(const JsonField& entry) {
  const std::string dtype = entry.text("dtype");
  const ElementType* type = safetensors_type(dtype);
  if (type == nullptr) entry.refuse("dtype '", dtype, "' is unknown");
  return *type;
}

/// Tensors must be contiguous, without gaps or overlaps, up to the end of the file.
void check_places(std::vector<Place> places, std::uint64_t bytes, const std::string& name) {
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  std::uint64_t end = 0;
  for (const Place& place : places) {
    if (place.end > bytes) {
      fail(name, ": tensor '", place.tensor, "': data_offsets end at ", place.end,
           ", but the file has ", bytes, " bytes of data; it is truncated");
    }
    if (place.begin != end) {
      fail(name, ": tensor '", place.tensor, "': data_offsets begin at ", place.begin,
           ", but the tensor before ends at ", end);
    }
    end = place.end;
  }
  if (end != bytes) fail(name, " has ", bytes - end, " bytes after its last tensor");
}

/// Reads one of `files` files.
void add_file(const fs::path& path, TensorStore& store, std::size_t files) {
  const std::string name = path.string();
  const auto file = std::make_shared<const PagedFile>(path, files);
  const std::string_view text = header_of(*file, name);
  const std::uint64_t data = length_bytes + text.size();
  const JsonDocument document(text, name);
  const JsonField root = document.root();
  const nlohmann::json& header = root.value();
  if (!header.is_object()) root.refuse("its header must be an object");
  std::vector<Place> places;
  std::vector<StoredTensor> tensors;
  for (const auto& [tensor, value] : header.items()) {
    if (tensor == "__metadata__") continue;
    const JsonField entry(value, name + ": tensor '" + tensor + "'");
    const Place place = place_of(entry, tensor);
    StoredTensor stored{.name = tensor,
                        .shape = entry.sizes("shape"),
                        .type = &type_of(entry),
                        .file = file,
                        .offset = data + place.begin,
                        .bytes = place.end - place.begin};
    const std::uint64_t needed = tensor_bytes(entry.where() + ": ", stored.shape, *stored.type);
    if (needed != stored.bytes) {
      entry.refuse("data_offsets span ", stored.bytes, " bytes, but shape and dtype need ", needed);
    }
    places.push_back(place);
    tensors.push_back(std::move(stored));
  }
  check_places(std::move(places), file->bytes().size() - data, name);
  for (StoredTensor& tensor : tensors) store.add(std::move(tensor));
}

/// Describes the weights in a folder without safetensors files, and how to get those.
std::string other_weights(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  for (const char* const extension : {".safetensors", ".gguf", ".bin", ".pth", ".pt", ".ckpt",
                                      ".h5", ".msgpack", ".onnx", ".npz", ".tflite", ".pte"}) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const auto& name) { return name.ends_with(extension); });
    if (found == names.end()) continue;
    if (extension == std::string_view(".gguf")) return "; name " + *found + " itself";
    if (extension == std::string_view(".safetensors")) {
      return "; if " + *found + " is the whole model, rename it";
    }
    return "; its weights are in " + *found +
           "; load it with the program that wrote it and save it as safetensors";
  }
  return "";
}

}  // namespace

void add_safetensors(const fs::path& path, TensorStore& store) { add_file(path, store, 1); }

void add_safetensors_folder(const fs::path& folder, TensorStore& store) {
  if (fs::exists(folder / whole_model)) return add_safetensors(folder / whole_model, store);
  const fs::path index = folder / index_name;
  if (!fs::exists(index)) {
    fail(folder.string(), " has neither ", whole_model, " nor ", index_name, other_weights(folder));
  }
  const JsonDocument document = read_json(index);
  const JsonField fields = document.root();
  std::set<std::string> shards;
  std::vector<std::pair<std::string, std::string>> wanted;
  const JsonField map = fields.object("weight_map");
  for (const auto& [tensor, shard] : map.value().items()) {
    if (!shard.is_string()) fields.refuse("weight_map['", tensor, "'] must be a file name");
    const auto file = shard.get<std::string>();
    if (file.empty() || file.find('/') != std::string::npos || file.starts_with(".")) {
      fields.refuse("weight_map['", tensor, "'] = '", file,
                    "' is not the name of a file of this folder");
    }
    shards.insert(file);
    wanted.emplace_back(tensor, file);
  }
  for (const std::string& shard : shards) add_file(folder / shard, store, shards.size());
  for (const auto& [tensor, shard] : wanted) {
    if (!store.has(tensor)) {
      fail(index.string(), ": weight_map says that '", tensor, "' is in ", shard,
           ", which does not have it");
    }
  }
}

}  // namespace ringlet::convert
