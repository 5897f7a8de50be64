#include "source/gguf/gguf_import.hpp"

#include "source/collect_tensors.hpp"
#include "source/gguf/gguf_config.hpp"
#include "source/gguf/gguf_kind.hpp"
#include "source/gguf/gguf_sampling.hpp"

namespace ringlet::convert {

GgufImport import_gguf(const std::filesystem::path& path, IgnoredSettings* ignored) {
  TensorStore store(path.string());
  const auto metadata = std::make_shared<const GgufMetadata>(read_gguf(path, store));
  check_is_language_model(*metadata, !store.empty());
  const ModelShape shape = read_gguf_config(*metadata, store, ignored);
  const std::string name = metadata->text("general.name", path.stem().string().c_str());
  GgufImport result{
      .model = collect_tensors(shape, store, name,
                               "GGUF file (" + shape.family + ") " + path.filename().string()),
      .metadata = metadata};
  result.model.sampling = read_gguf_sampling(*metadata, result.model.notes);
  result.model.licence = metadata->text("general.license", "");
  return result;
}

}  // namespace ringlet::convert
