#include "source_kind.hpp"

#include <string_view>

#include "errors.hpp"
#include "mapped_file.hpp"
#include "model/file_format.hpp"

namespace ringlet::convert {
namespace {

/// A safetensors file begins with the length of a JSON object in 64 bits, and then that object. (As
/// a legacy llama2.c header this would have more than 8000 layers.)
bool is_safetensors(std::string_view text) {
  constexpr std::size_t length_prefix = 8;
  return text.size() > length_prefix && text.substr(length_prefix).starts_with("{\"") &&
         text.substr(length_prefix - 2, 2) == std::string_view("\0\0", 2);
}

}  // namespace

Source detect_source(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (std::filesystem::is_directory(path)) {
    if (std::filesystem::exists(path / "config.json")) return {SourceKind::huggingface, path};
    fail(name, " is a directory without config.json; give a Hugging Face folder or a file");
  }
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  if (text.starts_with("GGUF")) return {SourceKind::gguf, path};
  if (is_safetensors(text)) {
    const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
    if (std::filesystem::exists(folder / "config.json")) return {SourceKind::huggingface, folder};
    fail(name,
         " is a safetensors file without the config.json that says what it is; put it beside");
  }
  if (text.starts_with("PK\x03\x04")) {
    fail(name,
         " is a PyTorch checkpoint or another zip archive; save its weights as safetensors, or "
         "export it with llama2.c's export.py first");
  }
  if (text.starts_with(
          std::string_view(reinterpret_cast<const char*>(file::magic), sizeof(file::magic)))) {
    return {SourceKind::ringlet, path};
  }
  return {SourceKind::llama2c, path};
}

}  // namespace ringlet::convert
