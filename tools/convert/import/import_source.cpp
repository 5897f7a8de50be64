#include "import/import_source.hpp"

#include <cstdio>
#include <utility>

#include "chat/chat_format.hpp"
#include "chat/chat_marks.hpp"
#include "chat/kept_templates.hpp"
#include "import/print_note.hpp"
#include "import/print_source.hpp"
#include "import/source_kind.hpp"
#include "kernels/packed_layout.hpp"
#include "source/errors.hpp"
#include "source/gguf/gguf_import.hpp"
#include "source/huggingface/huggingface.hpp"
#include "source/llama2c/llama2c.hpp"
#include "source/paged_file.hpp"
#include "source/random/random_source.hpp"
#include "source/ringlet/ringlet_source.hpp"
#include "tokenizer/gguf_tokenizer.hpp"
#include "tokenizer/import.hpp"

namespace ringlet::convert {
namespace {

namespace fs = std::filesystem;

/// The tokenizer named in the options, or the one in the folder of a checkpoint, if any.
std::optional<fs::path> find_tokenizer(const ImportOptions& options, const Source& source) {
  if (options.tokenizer) return *options.tokenizer;
  const fs::path folder =
      source.kind == SourceKind::huggingface ? source.path : source.path.parent_path();
  return tokenizer_in_folder(folder.empty() ? "." : folder);
}

/// Prints one line about marks that the model will read spelled out.
void note_spelled_marks(SourceModel& model) {
  std::string list;
  for (const std::string& mark : spelled_marks(*model.chat, *model.tokenizer)) {
    list += (list.empty() ? "\"" : ", \"") + mark + "\"";
  }
  if (list.empty()) return;
  model.notes.push_back("the chat format writes " + list +
                        ", for which the vocabulary has no token; the model reads the letters");
}

constexpr const char* no_template = "none";

/// The template of --chat-template replaces all of the source's.
void replace_templates(SourceTokenizer& tokenizer, const ImportOptions& options) {
  if (options.chat_template.empty() || options.chat_template == no_template) return;
  const PagedFile file(options.chat_template);
  tokenizer.chat_template.assign(reinterpret_cast<const char*>(file.bytes().data()),
                                 file.bytes().size());
  tokenizer.named_templates.clear();
}

/// Keeps the templates for programs that can render them.
void keep_templates(SourceModel& model, const ImportOptions& options) {
  if (options.chat_template == no_template) return;
  KeptTemplates kept = kept_templates(*model.tokenizer);
  model.templates = std::move(kept.stored);
  for (std::string& note : kept.notes) model.notes.push_back(std::move(note));
}

/// Firmware needs a chat format; `ringlet chat` needs this or a template.
void add_chat(SourceModel& model, const ImportOptions& options) {
  replace_templates(*model.tokenizer, options);
  keep_templates(model, options);
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

void add_tokenizer(SourceModel& model, const ImportOptions& options, const fs::path& path,
                   SourceTokenizer tokenizer) {
  model.tokenizer = std::move(tokenizer);
  if (!options.quiet) {
    print_note("  tokenizer %s (%s)\n", path.c_str(), model.tokenizer->description.c_str());
  }
  for (const std::string& note : model.tokenizer->notes) model.notes.push_back(note);
  add_chat(model, options);
}

void add_tokenizer(SourceModel& model, const ImportOptions& options, const fs::path& path) {
  add_tokenizer(model, options, path, import_tokenizer(path, model.architecture.vocab_size));
}

void note_no_tokenizer(const ImportOptions& options) {
  if (options.quiet) return;
  print_note("  no tokenizer; the model takes token ids (--tokenizer names one)\n");
}

/// llama2.c checkpoints require a tokenizer; folders can come without one.
void add_tokenizer(SourceModel& model, const ImportOptions& options, const Source& source) {
  if (options.no_tokenizer) return;
  const std::optional<fs::path> path = find_tokenizer(options, source);
  if (path) return add_tokenizer(model, options, *path);
  if (source.kind == SourceKind::llama2c) {
    fail("there is no tokenizer beside ", options.source.string(),
         "; name one with --tokenizer, or use --no-tokenizer");
  }
  note_no_tokenizer(options);
}

SourceModel import_checkpoint(const ImportOptions& options, const fs::path& path) {
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

/// The metadata also describes the tokenizer, which is optional.
SourceModel import_gguf_file(const ImportOptions& options, const fs::path& path,
                             IgnoredSettings& ignored) {
  GgufImport imported = import_gguf(path, &ignored);
  SourceModel& model = imported.model;
  if (!options.quiet) print_source(model);
  if (options.no_tokenizer) return std::move(model);
  if (options.tokenizer) {
    add_tokenizer(model, options, *options.tokenizer);
  } else if (has_gguf_tokenizer(*imported.metadata)) {
    add_tokenizer(model, options, path,
                  import_tokenizer(*imported.metadata, model.architecture.vocab_size));
  } else {
    note_no_tokenizer(options);
  }
  return std::move(model);
}

SourceModel import_random(const ImportOptions& options) {
  SourceModel model = make_random_model(*options.random);
  if (!options.quiet) print_source(model);
  if (options.tokenizer) {
    add_tokenizer(model, options, *options.tokenizer);
  } else if (!options.no_tokenizer) {
    model.tokenizer = make_byte_tokenizer(model.architecture.vocab_size);
  }
  return model;
}

/// The tokens that the templates of a model file name.
void give_tokens(SourceTokenizer& tokenizer,
                 const std::optional<templates::StoredTemplates>& stored) {
  if (!stored) return;
  tokenizer.template_tokens = stored->tokens;
  tokenizer.additional_special_tokens = stored->additional_tokens;
}

/// A ringlet model brings the decisions of its own conversion.
SourceModel import_model(const ImportOptions& options, const fs::path& path) {
  SourceModel model = import_ringlet(path);
  if (!options.quiet) print_source(model);
  if (options.no_tokenizer) {
    model.tokenizer.reset();
    model.chat.reset();  // it contains the tokenizer's tokens
    model.templates.reset();
  }
  if (options.tokenizer) {
    model.templates.reset();
    add_tokenizer(model, options, *options.tokenizer);
  } else if (options.chat_template == no_template) {
    model.templates.reset();
  } else if (!options.chat_template.empty() && model.tokenizer) {
    give_tokens(*model.tokenizer, model.templates);
    add_chat(model, options);
  }
  return model;
}

/// An ignored name that matched nothing would give the user a false belief.
void refuse_needless(const IgnoredSettings& ignored) {
  for (const std::string& name : ignored.never_met()) {
    fail("--ignore-setting ", name, ": the source has no unknown setting of this name");
  }
}

SourceModel import_file(const ImportOptions& options, IgnoredSettings& ignored) {
  const Source source = detect_source(options.source);
  if (source.kind == SourceKind::ringlet) return import_model(options, source.path);
  if (source.kind == SourceKind::gguf) return import_gguf_file(options, source.path, ignored);
  SourceModel model = source.kind == SourceKind::llama2c
                          ? import_checkpoint(options, source.path)
                          : import_huggingface(source.path, &ignored);
  if (!options.quiet && source.kind != SourceKind::llama2c) print_source(model);
  add_tokenizer(model, options, source);
  return model;
}

}  // namespace

SourceModel import_source(const ImportOptions& options) {
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
