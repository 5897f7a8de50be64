#include "source_kind.hpp"

#include <string_view>

#include "errors.hpp"
#include "mapped_file.hpp"
#include "model/file_format.hpp"

namespace ringlet::convert {
namespace {

void check_folder(const std::filesystem::path& path) {
  if (std::filesystem::exists(path / "config.json")) {
    fail(path.string(), " is a Hugging Face folder, which this version cannot convert yet");
  }
  fail(path.string(), " is a directory; give the checkpoint file itself");
}

/// A safetensors file begins with the length of a JSON object in 64 bits, and then that object. (As
/// a legacy llama2.c header this would have more than 8000 layers.)
bool is_safetensors(std::string_view text) {
  constexpr std::size_t length_bytes = 8;
  return text.size() > length_bytes && text.substr(length_bytes).starts_with("{\"") &&
         text.substr(length_bytes - 2, 2) == std::string_view("\0\0", 2);
}

}  // namespace

void check_source_kind(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (std::filesystem::is_directory(path)) check_folder(path);
  const MappedFile file(path);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  if (text.starts_with("GGUF"))
    fail(name, " is a GGUF file, which this version cannot convert yet");
  if (is_safetensors(text)) {
    fail(name, " is a safetensors file, which this version cannot convert yet");
  }
  if (text.starts_with("PK\x03\x04")) {
    fail(name,
         " is a PyTorch checkpoint or another zip archive; export it with llama2.c's export.py "
         "first");
  }
  if (text.starts_with(
          std::string_view(reinterpret_cast<const char*>(file::magic), sizeof(file::magic)))) {
    fail(name, " is a ringlet model already");
  }
}

}  // namespace ringlet::convert
