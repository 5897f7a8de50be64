#include "ringlet/chat.hpp"

#include "schema/ringlet_generated.h"

namespace ringlet {
namespace {

std::string_view view(const flatbuffers::String* text) noexcept {
  if (text == nullptr) return {};
  return {text->c_str(), text->size()};
}

}  // namespace

Result<ChatFormat> ChatFormat::open(const Model& model) noexcept {
  const schema::ChatFormat* table = model.tables() == nullptr ? nullptr : model.tables()->chat();
  if (table == nullptr) {
    return Status(ErrorCode::unsupported, "chat",
                  "the model file has no chat format; use it to complete texts");
  }
  ChatFormat format;
  format.name_ = view(table->name());
  format.opening_ = view(table->opening());
  format.has_system_ = table->system_prefix() != nullptr;
  format.system_prefix_ = view(table->system_prefix());
  format.system_suffix_ = view(table->system_suffix());
  format.before_reply_ = view(table->before_reply());
  format.after_reply_ = view(table->after_reply());
  format.trim_ = table->trim();
  return format;
}

Result<ChatTurn> ChatFormat::first_turn(std::optional<std::string_view> system,
                                        std::string_view user,
                                        std::span<char> buffer) const noexcept {
  if (!system) return write({&opening_, 1}, user, buffer);
  if (!has_system_) {
    return Status(ErrorCode::unsupported, "system",
                  "the model's chat format takes no system message; leave it out");
  }
  const std::string_view before[] = {system_prefix_, trimmed(*system), system_suffix_};
  return write(before, user, buffer);
}

Result<ChatTurn> ChatFormat::next_turn(std::string_view user,
                                       std::span<char> buffer) const noexcept {
  return write({&after_reply_, 1}, user, buffer);
}

Result<ChatTurn> ChatFormat::write(std::span<const std::string_view> before, std::string_view user,
                                   std::span<char> buffer) const noexcept {
  const std::string_view message = trimmed(user);
  std::size_t needed = message.size() + before_reply_.size();
  for (const std::string_view part : before) needed += part.size();
  if (needed > buffer.size()) {
    return Status(ErrorCode::not_enough_memory, "buffer", "too small for the turn")
        .with(needed, buffer.size());
  }
  std::size_t size = 0;
  const auto put = [&](std::string_view part) {
    for (const char c : part) buffer[size++] = c;
  };
  for (const std::string_view part : before) put(part);
  const std::size_t literal = size;
  put(message);
  put(before_reply_);
  return ChatTurn{
      .text = {buffer.data(), size},
      .control_tokens = {.enabled = true, .literal = {buffer.data() + literal, message.size()}}};
}

std::string_view ChatFormat::trimmed(std::string_view text) const noexcept {
  constexpr std::string_view spaces = " \t\r\n";
  while (trim_ && !text.empty() && spaces.find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (trim_ && !text.empty() && spaces.find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace ringlet
