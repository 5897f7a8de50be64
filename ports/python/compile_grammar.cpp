#include "compile_grammar.h"

#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "grammar/grammar_file.hpp"
#include "grammar/source.hpp"

struct ringlet_compiled {
  std::vector<std::byte> file;
  std::string message;
};

namespace {

void compile(ringlet_compiled& result, ringlet_grammar_source source, std::string_view text,
             const char* name, bool compact, uint32_t depth) {
  using namespace ringlet::grammar;
  const CompileOptions options = {.whitespace = compact ? Whitespace::none : Whitespace::one,
                                  .depth = depth};
  const Compiled compiled = compile_source(static_cast<SourceKind>(source), text, name, options);
  for (const std::string& note : compiled.notes) result.message += note + "\n";
  result.file = write_grammar(compiled.automaton);
}

}  // namespace

ringlet_compiled* ringlet_grammar_compile(ringlet_grammar_source source, const char* text,
                                          size_t size, const char* name, bool compact,
                                          uint32_t depth) {
  std::unique_ptr<ringlet_compiled> result(new (std::nothrow) ringlet_compiled);
  if (result == nullptr) return nullptr;
  try {
    compile(*result, source, {text, size}, name, compact, depth);
  } catch (const std::bad_alloc&) {
    return nullptr;
  } catch (const std::exception& error) {
    result->file.clear();
    try {
      result->message = error.what();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }
  return result.release();
}

ringlet_bytes ringlet_compiled_file(const ringlet_compiled* compiled) {
  return {compiled->file.data(), compiled->file.size()};
}

ringlet_text ringlet_compiled_message(const ringlet_compiled* compiled) {
  return {compiled->message.data(), compiled->message.size()};
}

void ringlet_compiled_free(ringlet_compiled* compiled) { delete compiled; }
