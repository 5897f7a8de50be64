#include "plan_header.hpp"

#include <algorithm>
#include <cctype>

#include "ringlet/version.h"

namespace ringlet::cli {
namespace {

/// "hot keys" → "HOT_KEYS".
std::string macro_name(std::string_view name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return result;
}

/// The macros of one model: RINGLET_MODEL_NAME value.
class Macros {
 public:
  explicit Macros(std::string_view model) : prefix_("#define RINGLET_" + macro_name(model) + "_") {}

  [[nodiscard]] std::string define(std::string_view name, const std::string& value) const {
    return prefix_ + std::string(name) + " " + value + "\n";
  }
  /// Large values have the suffix that C99 needs if int has 16 or 32 bits.
  [[nodiscard]] std::string define(std::string_view name, std::uint64_t value) const {
    return define(name, std::to_string(value) + (value > 0x7FFFFFFF ? "ULL" : ""));
  }

 private:
  std::string prefix_;
};

std::string opening(const PlanReport& report, const std::string& name) {
  const std::string macro = "RINGLET_" + macro_name(name) + "_";
  return "/* The memory of " + std::string(report.pool ? "a pool of sessions" : "one session") +
         " of " + report.model + ", made by `ringlet plan`.\n   C11:   _Alignas(" + macro +
         "RAM_ALIGNMENT) static unsigned char ram[" + macro + "RAM_BYTES];\n   C++20: alignas(" +
         macro + "RAM_ALIGNMENT) static std::byte ram[" + macro +
         "RAM_BYTES]; */\n#ifndef RINGLET_PLAN_OF_" + name + "\n#define RINGLET_PLAN_OF_" + name +
         // The amalgamation has no other headers.
         "\n\n#ifdef __cplusplus\n#include \"ringlet/ringlet.hpp\"\n#else\n"
         "#include \"ringlet/ringlet.h\"\n#endif\n\n"
         "#if RINGLET_VERSION != " +
         std::to_string(RINGLET_VERSION) + "\n#error \"the plan of " + name +
         " was made by ringlet " RINGLET_PROGRAM_VERSION
         ", which is not the version of this library: plan again with the library's own program\"\n"
         "#endif\n\n";
}

std::string sizes(const PlanReport& report, const Macros& macros) {
  return macros.define("RAM_BYTES", report.plan.total()) +
         macros.define("RAM_ALIGNMENT", MemoryPlan::alignment) +
         macros.define("FLASH_BYTES", report.flash_bytes) +
         macros.define("SNAPSHOT_BYTES", report.snapshot_bytes) +
         (report.prefix_bytes == 0 ? "" : macros.define("PREFIX_BYTES", report.prefix_bytes)) +
         (report.grammar ? macros.define("GRAMMAR_BYTES", report.config.grammar_bytes) : "");
}

std::string configuration(const PlanReport& report, const Macros& macros) {
  const Config& config = report.config;
  std::string pool;
  if (report.pool) {
    pool = macros.define("SESSIONS", report.pool->config.sessions) +
           macros.define("PREFIX_TOKENS", report.pool->config.prefix_tokens) +
           macros.define("BRANCHES", report.pool->config.branches) +
           macros.define("BRANCH_PAGES", report.pool->config.branch_pages);
  }
  return "\n/* The configuration that these numbers hold for. */\n" + pool +
         macros.define("CONTEXT", config.context) + macros.define("SINKS", config.sinks) +
         macros.define("HOT_WINDOW", config.hot_window) +
         macros.define("PREFILL_CHUNK", config.prefill_chunk) +
         macros.define("THREADS", config.threads) +
         macros.define("LONGEST_WORD", config.longest_word) +
         macros.define("REPEAT_WINDOW", config.repeat_window) +
         macros.define("KV", "\"" + report.kv + "\"");
}

/// A function that returns the configuration, in C and in C++.
std::string functions(const Config& config, const std::string& name) {
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  const auto keys = config.kv ? static_cast<unsigned>(config.kv->keys) : 255U;
  const auto values = config.kv ? static_cast<unsigned>(config.kv->values) : 255U;
  std::string cpp = "constexpr ringlet::Config ringlet_config_" + name +
                    "() noexcept {\n  ringlet::Config config;\n";
  std::string c = "static inline ringlet_config ringlet_config_" + name +
                  "(void) {\n  ringlet_config config;\n";
  const auto set = [&](const char* field, const std::string& value) {
    const std::string line = "  config." + std::string(field) + " = " + value + ";\n";
    cpp += line;
    c += line;
  };
  set("context", number(config.context));
  set("sinks", number(config.sinks));
  if (config.kv) {
    cpp += "  config.kv = ringlet::KvFormats(ringlet::KvFormat{" + number(keys) +
           "}, ringlet::KvFormat{" + number(values) + "});\n";
  }
  c += "  config.kv.keys = (ringlet_kv_format)" + number(keys) + ";\n" +
       "  config.kv.values = (ringlet_kv_format)" + number(values) + ";\n";
  set("hot_window", number(config.hot_window));
  set("prefill_chunk", number(config.prefill_chunk));
  set("threads", number(config.threads));
  set("longest_word", number(config.longest_word));
  set("repeat_window", number(config.repeat_window));
  set("allow_longer_context", flag(config.allow_longer_context));
  set("sinks_in_snapshot", flag(config.sinks_in_snapshot));
  set("rewind", number(config.rewind));
  set("accelerator_bytes", number(config.accelerator_bytes) + "ULL");
  set("draft_tokens", number(config.draft_tokens));
  set("lookup_window", number(config.lookup_window));
  set("draft_bytes", number(config.draft_bytes) + "ULL");
  set("grammar_bytes", number(config.grammar_bytes) + "ULL");
  set("token_trie_bytes", number(config.token_trie_bytes) + "ULL");
  return "\n#ifdef __cplusplus\n" + cpp + "  return config;\n}\n#else\n" + c +
         "  return config;\n}\n#endif\n";
}

/// A function that returns the configuration of the pool, in C and in C++.
std::string pool_functions(const std::optional<PoolReport>& pool, const std::string& name) {
  if (!pool) return {};
  std::string fields;
  const auto set = [&fields](const char* field, std::uint32_t value) {
    fields += "  config." + std::string(field) + " = " + std::to_string(value) + ";\n";
  };
  set("sessions", pool->config.sessions);
  set("prefix_tokens", pool->config.prefix_tokens);
  set("branches", pool->config.branches);
  set("branch_pages", pool->config.branch_pages);
  fields = "  config.session = ringlet_config_" + name + "();\n" + fields + "  return config;\n}\n";
  return "\n#ifdef __cplusplus\nconstexpr ringlet::PoolConfig ringlet_pool_config_" + name +
         "() noexcept {\n  ringlet::PoolConfig config;\n" + fields +
         "#else\nstatic inline ringlet_pool_config ringlet_pool_config_" + name +
         "(void) {\n  ringlet_pool_config config;\n" + fields + "#endif\n";
}

/// A function that returns the options of the planned GrammarState, in C and in C++.
std::string grammar_functions(const std::optional<GrammarOptions>& options,
                              const std::string& name) {
  if (!options) return {};
  const std::string fields = "  options.undo_tokens = " + std::to_string(options->undo_tokens) +
                             ";\n  options.span_bytes = " + std::to_string(options->span_bytes) +
                             ";\n  return options;\n}\n";
  const std::string function = "ringlet_grammar_options_" + name;
  return "\n#ifdef __cplusplus\nconstexpr ringlet::GrammarOptions " + function +
         "() noexcept {\n  ringlet::GrammarOptions options;\n" + fields +
         "#else\nstatic inline ringlet_grammar_options " + function +
         "(void) {\n  ringlet_grammar_options options;\n" + fields + "#endif\n";
}

bool starts_with_digit(std::string_view name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) != 0;
}

}  // namespace

std::string identifier_of(std::string_view file_name) {
  std::string name;
  for (const char c : file_name.substr(0, file_name.find('.'))) {
    const bool fits = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (fits || (!name.empty() && name.back() != '_')) name += fits ? c : '_';
  }
  if (name.ends_with('_')) name.pop_back();
  return name.empty() || starts_with_digit(name) ? "m" + name : name;
}

bool is_identifier(std::string_view name) {
  return !name.empty() && !starts_with_digit(name) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
         });
}

std::string plan_header(const PlanReport& report, const std::string& name) {
  const Macros macros(name);
  std::string text = opening(report, name) + sizes(report, macros) + configuration(report, macros) +
                     functions(report.config, name) + pool_functions(report.pool, name) +
                     grammar_functions(report.grammar, name);
  text += "\n/* What is in it. Sections that are not in use at the same time share bytes. */\n";
  for (const Section& section : report.plan.sections()) {
    const std::string section_name = "SECTION_" + macro_name(name_of(section.id));
    text += macros.define(section_name + "_OFFSET", section.offset) +
            macros.define(section_name + "_BYTES", section.bytes);
  }
  return text + "\n#endif\n";
}

}  // namespace ringlet::cli
