#include "import_source.hpp"

#include <cstdio>
#include <utility>

#include "chat/chat_format.hpp"
#include "chat_marks.hpp"
#include "errors.hpp"
#include "gguf_import.hpp"
#include "huggingface.hpp"
#include "kernels/packed_layout.hpp"
#include "llama2c.hpp"
#include "print_note.hpp"
#include "random_source.hpp"
#include "report.hpp"
#include "ringlet_source.hpp"
#include "source_kind.hpp"
#include "tokenizer/gguf_tokenizer.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// The tokenizer that the options name, or the one of the source: in a GGUF file, in the folder of
/// a checkpoint. None where the source has none.
std::optional<fs::path> find_tokenizer(const ConvertOptions& options, const Source& source) {
  if (options.tokenizer) return *options.tokenizer;
  if (source.kind == SourceKind::gguf) return source.path;
  const fs::path folder =
      source.kind == SourceKind::huggingface ? source.path : source.path.parent_path();
  return tokenizer_in_folder(folder.empty() ? "." : folder);
}

/// One line about the marks that the model will read spelled out.
void note_spelled_marks(SourceModel& model) {
  std::string list;
  for (const std::string& mark : spelled_marks(*model.chat, *model.tokenizer)) {
    list += (list.empty() ? "\"" : ", \"") + mark + "\"";
  }
  if (list.empty()) return;
  model.notes.push_back("the chat format writes " + list +
                        ", for which the vocabulary has no token; the model reads the letters");
}

/// A model without a chat format is as good as with one, but for `ringlet chat`.
void add_chat(SourceModel& model, const ConvertOptions& options) {
  if (model.tokenizer->chat_template.empty()) return;
  std::string note;
  try {
    const FoundChat found = chat_format_of(*model.tokenizer);
    model.chat = found.chat;
    const bool is_known = found.chat.name != "its own";
    note = (is_known ? "of the " + found.chat.name + " kind" : std::string("of its own kind")) +
           (found.note.empty() ? "" : "; " + found.note);
  } catch (const std::runtime_error& error) {
    note = std::string("left out: the source's template ") + error.what();
  }
  if (!options.quiet) print_note("  chat format %s\n", note.c_str());
  if (model.chat) note_spelled_marks(model);
}

void add_tokenizer(SourceModel& model, const ConvertOptions& options, const fs::path& path) {
  model.tokenizer = import_tokenizer(path, model.architecture.vocab_size);
  if (!options.quiet) {
    print_note("  tokenizer %s (%s)\n", path.c_str(), model.tokenizer->description.c_str());
  }
  for (const std::string& note : model.tokenizer->notes) model.notes.push_back(note);
  add_chat(model, options);
}

/// llama2.c's programs always have a tokenizer; folders and GGUF files may come without.
void add_tokenizer(SourceModel& model, const ConvertOptions& options, const Source& source) {
  if (options.no_tokenizer) return;
  if (const std::optional<fs::path> path = find_tokenizer(options, source)) {
    const bool absent = source.kind == SourceKind::gguf && !options.tokenizer &&
                        !gguf_file_has_tokenizer(source.path);
    if (!absent) return add_tokenizer(model, options, *path);
  } else if (source.kind == SourceKind::llama2c) {
    fail("there is no tokenizer beside ", options.source.string(),
         "; name one with --tokenizer, or write a model without with --no-tokenizer");
  }
  if (!options.quiet) {
    print_note("  no tokenizer; the model takes token ids (--tokenizer names one)\n");
  }
}

SourceModel import_checkpoint(const ConvertOptions& options, const fs::path& path) {
  Llama2cImport imported = import_llama2c(path);
  if (!options.quiet) {
    print_source(imported.model);
    if (imported.group_size != 0 && imported.group_size != packed::group_size) {
      print_note("  source has groups of %u, the model has groups of %u\n", imported.group_size,
                 packed::group_size);
    }
  }
  return std::move(imported.model);
}

SourceModel import_random(const ConvertOptions& options) {
  SourceModel model = make_random_model(*options.random);
  if (!options.quiet) print_source(model);
  if (options.tokenizer) {
    add_tokenizer(model, options, *options.tokenizer);
  } else if (!options.no_tokenizer) {
    model.tokenizer = make_byte_tokenizer(model.architecture.vocab_size);
  }
  return model;
}

/// A ringlet model brings what its own conversion has decided.
SourceModel import_model(const ConvertOptions& options, const fs::path& path) {
  const CacheOptions& cache = options.cache;
  if (cache.turn_keys || cache.turn_values || cache.key_bias || cache.key_scales || cache.report) {
    fail(path.string(),
         " is a ringlet model, whose cache has been fitted; --turn, --key-bias, --key-scales and "
         "--kv-report are for other sources");
  }
  SourceModel model = import_ringlet(path);
  if (!options.quiet) print_source(model);
  for (SourceLayer& layer : model.layers) layer.kv = cache.formats.value_or(layer.kv);
  if (options.no_tokenizer) {
    model.tokenizer.reset();
    model.chat.reset();  // it is written with the tokenizer's tokens
  }
  if (options.tokenizer) add_tokenizer(model, options, *options.tokenizer);
  return model;
}

/// A name that nothing was ignored by would leave the user in a wrong belief.
void refuse_needless(const IgnoredSettings& ignored) {
  for (const std::string& name : ignored.never_met()) {
    fail("--ignore-setting ", name,
         ": the source has no setting of this name that stands in the way");
  }
}

SourceModel import_file(const ConvertOptions& options, IgnoredSettings& ignored) {
  const Source source = detect_source(options.source);
  if (source.kind == SourceKind::ringlet) return import_model(options, source.path);
  SourceModel model = source.kind == SourceKind::llama2c ? import_checkpoint(options, source.path)
                      : source.kind == SourceKind::gguf  ? import_gguf(source.path, &ignored).model
                                                        : import_huggingface(source.path, &ignored);
  if (!options.quiet && source.kind != SourceKind::llama2c) print_source(model);
  add_tokenizer(model, options, source);
  return model;
}

}  // namespace

SourceModel import_source(const ConvertOptions& options) {
  IgnoredSettings ignored(options.ignored_settings);
  SourceModel model = options.random ? import_random(options) : import_file(options, ignored);
  refuse_needless(ignored);
  for (const std::string& name : options.ignored_settings) {
    model.notes.push_back("the setting " + name + " was ignored, as --ignore-setting says");
  }
  if (!options.name.empty()) model.name = options.name;
  if (!options.licence.empty()) model.licence = options.licence;
  for (const std::string& note : model.notes) {
    if (!options.quiet) print_note("  note: %s\n", note.c_str());
  }
  return model;
}

}  // namespace ringlet::convert
