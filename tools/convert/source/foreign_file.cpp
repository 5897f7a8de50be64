#include "source/foreign_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ringlet::convert {
namespace {

using namespace std::string_view_literals;

constexpr const char* save_as_safetensors =
    "; load it with the program that wrote it and save the weights as safetensors";
constexpr const char* compiled =
    ", compiled for another runtime; convert the Hugging Face folder that it was made from";
constexpr const char* unpack = "; unpack it and name the model file or folder in it";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* what;
  const char* remedy;
};

constexpr std::array signatures = {
    Signature{0, "version https://git-lfs.github.com/spec/"sv, "is a Git LFS pointer, not the file",
              "; run git lfs pull in its repository"},
    Signature{0, "# xet version "sv, "is a Xet pointer, not the file",
              "; download the file itself, for instance with hf download"},
    Signature{4, "TFL3"sv, "is a TensorFlow Lite model", compiled},
    Signature{0, "LITERTLM"sv, "is a LiteRT-LM bundle", compiled},
    Signature{4, "ET1"sv, "is an ExecuTorch program", compiled},
    Signature{0, "RKNN"sv, "is a Rockchip RKNN model", compiled},
    Signature{0, "\x89HDF\r\n\x1a\n"sv, "is an HDF5 file, as Keras writes them",
              save_as_safetensors},
    Signature{0, "\x93NUMPY"sv, "is a single NumPy array", save_as_safetensors},
    Signature{0, "algg"sv, "is a LoRA adapter of an old llama.cpp",
              "; merge it into its base model and convert that"},
    Signature{0, "nsgg"sv, "is a saved session of llama.cpp", "; name the model file"},
    Signature{0, "qsgg"sv, "is a saved sequence of llama.cpp", "; name the model file"},
    Signature{8, "RGLI"sv, "is a saved session of ringlet", "; name the model file"},
    Signature{0, "MZqFpD"sv, "is a llamafile",
              "; unzip it and name the GGUF file that it contains"},
    Signature{0,
              "\x7f"
              "ELF"sv,
              "is a program, not a model", "; name the model file"},
    Signature{0, "\x1f\x8b\x08"sv, "is compressed by gzip", unpack},
    Signature{0,
              "\xfd"
              "7zXZ"sv,
              "is compressed by xz", unpack},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "is compressed by zstd", unpack},
    Signature{0, "BZh9"sv, "is compressed by bzip2", unpack},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "is a 7z archive", unpack},
    Signature{0, "Rar!\x1a\x07"sv, "is a RAR archive", unpack},
    Signature{257, "ustar"sv, "is a tar archive", unpack},
};

std::string_view prefix(std::string_view text, std::size_t count) { return text.substr(0, count); }

unsigned byte_of(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
}

/// The names in a zip archive are before each entry and again in the directory at its end.
bool zip_names(std::string_view text, std::string_view name) {
  constexpr std::size_t window = std::size_t{1} << 16;
  const std::size_t tail = text.size() > window ? text.size() - window : 0;
  return prefix(text, window).find(name) != std::string_view::npos ||
         text.substr(tail).find(name) != std::string_view::npos;
}

std::string describe_zip(std::string_view text) {
  if (zip_names(text, "data.pkl")) {
    return std::string("is a PyTorch checkpoint (a zip archive)") + save_as_safetensors +
           ", or export it with llama2.c's export.py";
  }
  if (zip_names(text, "TF_LITE_PREFILL_DECODE"))
    return std::string("is a MediaPipe task") + compiled;
  if (zip_names(text, "model.weights.h5")) {
    return std::string("is a Keras model (a zip archive)") + save_as_safetensors;
  }
  if (zip_names(text, ".npy")) {
    return std::string("is an archive of NumPy arrays, as MLX and NumPy write them") +
           save_as_safetensors;
  }
  return std::string("is a zip archive") + unpack +
         "; a PyTorch checkpoint must be saved as safetensors";
}

/// Formats of ggml before GGUF. rwkv.cpp uses one of the magics, with versions from 100 on.
std::optional<std::string> describe_old_ggml(std::string_view text) {
  const std::string_view magic = prefix(text, 4);
  if (magic != "lmgg" && magic != "fmgg" && magic != "tjgg") return std::nullopt;
  if (magic == "fmgg" && byte_of(text, 4) >= 100) {
    return "is an rwkv.cpp model; RWKV has no attention, so it cannot run here";
  }
  return "is a ggml file older than GGUF (GGML, GGMF or GGJT); convert the original model again "
         "with "
         "a current llama.cpp";
}

/// Pickles of protocols 2 to 5 begin with two bytes that a small llama2.c header could have too,
/// but not with what follows.
bool is_pickle(std::string_view text) {
  const bool protocol = byte_of(text, 0) == 0x80 && byte_of(text, 1) >= 2 && byte_of(text, 1) <= 5;
  return protocol && text.size() > 4 && (byte_of(text, 2) != 0 || byte_of(text, 3) != 0);
}

/// ONNX's ModelProto: field 1 is ir_version, a small number, followed by another field.
bool is_onnx(std::string_view text) {
  constexpr std::string_view next_fields = "\x12\x1a\x22\x28\x32\x3a\x42";
  return text.size() > 4 && byte_of(text, 0) == 0x08 && byte_of(text, 1) >= 1 &&
         byte_of(text, 1) <= 32 && next_fields.find(text[2]) != std::string_view::npos &&
         text[3] != 0;
}

/// SentencePiece's ModelProto begins with its first piece.
bool is_sentencepiece(std::string_view text) {
  return byte_of(text, 0) == 0x0A && byte_of(text, 2) == 0x0A &&
         prefix(text, 16).find("<unk>") != std::string_view::npos;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || text.size() - first < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(first),
                    [](char a, char b) {
                      return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
                    });
}

/// Text contains no control characters except white space, and no bytes that UTF-8 never uses.
bool is_text(std::string_view text) {
  constexpr std::size_t shortest = 8;
  const std::string_view beginning = prefix(text, 512);
  return text.size() >= shortest && std::none_of(beginning.begin(), beginning.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           const bool control = byte < 0x20 && (byte == 0 || std::strchr("\t\r\n\f", c) == nullptr);
           return control || byte == 0x7F || byte == 0xC0 || byte == 0xC1 || byte > 0xF4;
         });
}

/// A printable name, as magics often are.
bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

std::optional<std::string> describe_text(std::string_view text) {
  if (!is_text(text)) return std::nullopt;
  if (begins_with_word(text, "<!doctype") || begins_with_word(text, "<html")) {
    return "is a web page, most likely saved in place of a download; download the file itself";
  }
  if (begins_with_word(text, "<?xml")) {
    return "is XML, most likely a server's error message; download the file itself";
  }
  if (begins_with_word(text, "{") || begins_with_word(text, "[")) {
    return "is JSON and has no weights; name the folder that has config.json and *.safetensors";
  }
  return "is a text, not a model; a calibration text is named with --calibrate";
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<std::string> describe_foreign(std::span<const std::byte> bytes) {
  const std::string_view text = as_text(bytes);
  for (const Signature& signature : signatures) {
    if (text.size() < signature.offset) continue;
    if (!text.substr(signature.offset).starts_with(signature.bytes)) continue;
    return std::string(signature.what) + signature.remedy;
  }
  if (text.starts_with("PK\x03\x04")) return describe_zip(text);
  if (auto old = describe_old_ggml(text)) return old;
  if (is_pickle(text)) {
    return std::string("is a Python pickle, as old PyTorch checkpoints are") + save_as_safetensors;
  }
  if (is_onnx(text)) return std::string("is an ONNX model") + compiled;
  if (is_sentencepiece(text)) {
    return "is a SentencePiece tokenizer; name the model, and this with --tokenizer";
  }
  return describe_text(text);
}

std::optional<std::string> describe_pointer(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const std::string_view start :
       {"version https://git-lfs.github.com/spec/", "# xet version "}) {
    if (text.starts_with(start)) return describe_foreign(bytes);
  }
  return std::nullopt;
}

std::string describe_unknown(std::span<const std::byte> bytes) {
  constexpr const char* known =
      "; Hugging Face folders, GGUF files, llama2.c checkpoints and .ringlet files can be read";
  const std::string_view beginning = prefix(as_text(bytes), 4);
  const auto tested = bytes.first(std::min<std::size_t>(bytes.size(), 512));
  const auto is_zero = [](std::byte byte) { return byte == std::byte{0}; };
  if (std::all_of(tested.begin(), tested.end(), is_zero)) {
    return "begins with zeros; its download is not complete, so download it again";
  }
  if (is_printable(beginning))
    return "is of no known kind: it begins with '" + std::string(beginning) + "'" + known;
  std::string hex;
  for (const char c : beginning) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    if (!hex.empty()) hex += ' ';
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return "is of no known kind: it begins with the bytes " + hex + known;
}

}  // namespace ringlet::convert
