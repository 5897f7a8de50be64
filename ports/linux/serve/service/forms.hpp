// Compiles what answers must look like.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "ringlet/model.hpp"
#include "serve/protocol/requests.hpp"
#include "serve/seats/job.hpp"

namespace ringlet::serve {

/// The bytes that a seat has for following a grammar: Config::grammar_bytes.
[[nodiscard]] std::uint64_t form_workspace_bytes(const Model& model);

/// Any thread can call it. One schema is compiled at a time, and the last few are remembered.
class Forms {
 public:
  static constexpr std::size_t longest_schema = std::size_t{64} << 10;
  static constexpr std::size_t largest_form = std::size_t{512} << 10;
  static constexpr std::size_t remembered = 8;

  /// Without `can_follow`, the server has no memory for grammars.
  Forms(const Model& model, bool can_follow) : model_(model), can_follow_(can_follow) {}

  /// Null for any text. Throws ApiError about the form's field if the schema is not supported.
  [[nodiscard]] std::shared_ptr<const CompiledForm> compile(const AnswerForm& wanted);

 private:
  struct Entry {
    std::string schema;
    std::shared_ptr<const CompiledForm> form;
  };

  Model model_;
  bool can_follow_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // the one used last first
};

}  // namespace ringlet::serve
