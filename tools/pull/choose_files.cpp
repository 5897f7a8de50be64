#include "pull/choose_files.hpp"

#include <algorithm>
#include <set>

#include "common/errors.hpp"
#include "common/json.hpp"
#include "pull/gguf_files.hpp"

namespace ringlet::pull {
namespace {

constexpr const char* whole_model = "model.safetensors";
constexpr const char* index_name = "model.safetensors.index.json";

/// No settings or tokenizer is larger.
constexpr std::uint64_t largest_small_file = std::uint64_t{1} << 28;

/// What the converter reads besides weights.
constexpr const char* model_settings[] = {"config.json", "generation_config.json"};
constexpr const char* tokenizer_settings[] = {"tokenizer_config.json", "special_tokens_map.json",
                                              "added_tokens.json", "chat_template.jinja"};
/// Kinds of tokenizers, best first: the files of the first that is complete are enough.
const std::vector<std::vector<const char*>> tokenizers = {
    {"tokenizer.json"}, {"tokenizer.model"}, {"vocab.json", "merges.txt"}};

void add_small(FileChoice& choice, const Repository& repository, const char* path) {
  const RemoteFile* file = repository.find(path);
  if (file == nullptr) return;
  if (file->bytes > largest_small_file) {
    common::fail(repository.id, ": ", path, " has ", file->bytes, " bytes; that cannot be right");
  }
  choice.small.push_back(*file);
}

void add_tokenizer(FileChoice& choice, const Repository& repository) {
  for (const auto& kind : tokenizers) {
    const bool is_complete = std::all_of(kind.begin(), kind.end(), [&](const char* path) {
      return repository.find(path) != nullptr;
    });
    if (!is_complete) continue;
    for (const char* path : kind) add_small(choice, repository, path);
    return;
  }
}

/// What there is in place of safetensors, and what would help.
std::string other_weights(const Repository& repository) {
  for (const char* suffix : {".safetensors", ".bin", ".pth", ".pt", ".ckpt", ".h5", ".msgpack",
                             ".onnx", ".npz", ".tflite"}) {
    for (const RemoteFile& file : repository.files) {
      if (file.path.ends_with(suffix)) {
        return "; its weights are in " + file.path +
               ", which ringlet-convert cannot read; look for a copy with safetensors or GGUF";
      }
    }
  }
  return "; is it a language model?";
}

FileChoice choose_folder(const Repository& repository) {
  FileChoice choice;
  for (const char* path : model_settings) add_small(choice, repository, path);
  for (const char* path : tokenizer_settings) add_small(choice, repository, path);
  add_tokenizer(choice, repository);
  if (const RemoteFile* file = repository.find(whole_model)) {
    choice.weights.push_back(*file);
  } else {
    add_small(choice, repository, index_name);
    choice.is_sharded = true;
  }
  return choice;
}

bool has_folder_model(const Repository& repository) {
  return repository.find("config.json") != nullptr &&
         (repository.find(whole_model) != nullptr || repository.find(index_name) != nullptr);
}

FileChoice choice_of(const GgufFile& gguf) {
  return {.small = {}, .weights = gguf.parts, .tag = gguf.tag.empty() ? gguf.stem : gguf.tag};
}

}  // namespace

std::string FileChoice::source(const Repository& repository) const {
  return is_gguf() ? repository.id + ":" + tag : repository.id;
}

std::string FileChoice::converter_source(const std::string& folder) const {
  return is_gguf() ? folder + "/" + weights.front().name() : folder;
}

std::uint64_t FileChoice::bytes() const {
  std::uint64_t sum = 0;
  for (const RemoteFile& file : small) sum += file.bytes;
  for (const RemoteFile& file : weights) sum += file.bytes;
  return sum;
}

FileChoice choose_files(const Repository& repository, const SourceName& name) {
  const std::vector<GgufFile> ggufs = gguf_files(repository);
  if (!name.tag.empty() || !name.file.empty()) {
    return choice_of(find_gguf(ggufs, repository.id, name));
  }
  if (has_folder_model(repository)) return choose_folder(repository);
  if (ggufs.size() == 1) return choice_of(ggufs.front());
  if (!ggufs.empty()) {
    common::fail(repository.id,
                 ": has several GGUF files; choose one: ", list_of(ggufs, repository.id));
  }
  const char* lacks = repository.find("config.json") == nullptr
                          ? ": has neither a config.json nor a GGUF file"
                          : ": has no safetensors weights";
  common::fail(repository.id, lacks, other_weights(repository));
}

void add_shards(FileChoice& choice, const Repository& repository, std::string_view index) {
  const common::JsonDocument document(index, repository.id + ": " + index_name);
  const common::JsonField map = document.root().object("weight_map");
  std::set<std::string> names;
  for (const auto& [tensor, shard] : map.value().items()) {
    if (!shard.is_string()) map.refuse("must have names of files");
    names.insert(shard.get<std::string>());
  }
  for (const std::string& name : names) {
    const RemoteFile* file = repository.find(name);
    if (file == nullptr || file->name() != name || !name.ends_with(".safetensors")) {
      common::fail(repository.id, ": ", index_name, " names '", name,
                   "', which is not a safetensors file beside it");
    }
    choice.weights.push_back(*file);
  }
  if (choice.weights.empty()) map.refuse("is empty");
}

}  // namespace ringlet::pull
