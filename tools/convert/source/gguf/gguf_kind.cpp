#include "source/gguf/gguf_kind.hpp"

#include <array>
#include <variant>

#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

struct OtherKind {
  const char* key;
  std::string_view value;
  const char* what;
};

constexpr const char* projector =
    " is the part of a multimodal model that sees or hears (mmproj); convert the language model's "
    "own file";

constexpr std::array other_kinds = {
    OtherKind{"general.type", "adapter",
              " is an adapter (LoRA); merge it into its base model, for instance with "
              "llama-export-lora, and convert that"},
    OtherKind{"general.type", "imatrix",
              " is an importance matrix for llama.cpp's quantizer; convert the model itself"},
    OtherKind{"general.type", "mmproj", projector},
    OtherKind{"general.type", "clip-vision", projector},
    OtherKind{"general.architecture", "clip", projector},
    OtherKind{"general.architecture", "controlvector",
              " is a control vector; convert the model that it is made for"},
};

}  // namespace

void check_is_language_model(const GgufMetadata& metadata, bool has_tensors) {
  for (const OtherKind& kind : other_kinds) {
    const GgufValue* value = metadata.find(kind.key);
    const auto* text = value == nullptr ? nullptr : std::get_if<std::string_view>(value);
    if (text != nullptr && *text == kind.value) fail(metadata.file_name(), kind.what);
  }
  if (!has_tensors && metadata.has("tokenizer.ggml.tokens")) {
    fail(metadata.file_name(),
         " has a vocabulary and no weights; name the model, and this with --tokenizer");
  }
}

}  // namespace ringlet::convert
