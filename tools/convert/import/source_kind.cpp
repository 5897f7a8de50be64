#include "import/source_kind.hpp"

#include <string_view>

#include "model/file_format.hpp"
#include "source/errors.hpp"
#include "source/foreign_file.hpp"
#include "source/llama2c/llama2c_header.hpp"
#include "source/paged_file.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// A safetensors file begins with the 64-bit length of a JSON object, then that object. (Read as a
/// legacy llama2.c header, this would mean more than 8000 layers.)
bool is_safetensors(std::string_view text) {
  constexpr std::size_t length_prefix = 8;
  return text.size() > length_prefix && text.substr(length_prefix).starts_with("{\"") &&
         text.substr(length_prefix - 2, 2) == std::string_view("\0\0", 2);
}

/// The files that identify a Hugging Face folder.
bool names_its_folder(const fs::path& path) {
  const std::string name = path.filename().string();
  return name == "config.json" || name.ends_with(".safetensors.index.json");
}

Source folder_of(const fs::path& path, const char* what) {
  const fs::path folder = fs::absolute(path).parent_path();
  if (fs::exists(folder / "config.json")) return {SourceKind::huggingface, folder};
  fail(path.string(), " is ", what, " without its config.json; put it beside");
}

/// A legacy llama2.c checkpoint is recognized only by its sizes, so it comes last.
Source without_magic(const fs::path& path, std::span<const std::byte> bytes) {
  const std::string name = path.string();
  if (const auto foreign = describe_foreign(bytes)) fail(name, " ", *foreign);
  if (has_legacy_llama2c_sizes(bytes)) return {SourceKind::llama2c, path};
  constexpr std::size_t shortest_header = 28;
  if (bytes.size() < shortest_header) {
    fail(name, " is truncated: it has ", bytes.size(),
         " bytes, fewer than the header of any model");
  }
  fail(name, " ", describe_unknown(bytes));
}

}  // namespace

Source detect_source(const fs::path& path) {
  if (fs::is_directory(path)) {
    if (fs::exists(path / "config.json")) return {SourceKind::huggingface, path};
    fail(path.string(),
         " is a directory without config.json; give a Hugging Face folder or a file");
  }
  const PagedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  if (text.starts_with("GGUF")) return {SourceKind::gguf, path};
  if (is_safetensors(text)) return folder_of(path, "a safetensors file");
  if (text.starts_with("{") && names_its_folder(path))
    return folder_of(path, "an index of weights");
  if (text.starts_with(
          std::string_view(reinterpret_cast<const char*>(file::magic), sizeof(file::magic)))) {
    return {SourceKind::ringlet, path};
  }
  if (has_llama2c_magic(file.bytes())) return {SourceKind::llama2c, path};
  return without_magic(path, file.bytes());
}

}  // namespace ringlet::convert
