// The C interface writes the same turns of a conversation as the C++ one.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "editable_generated.h"
#include "ringlet/chat.hpp"
#include "ringlet/ringlet.h"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

constexpr std::string_view user = "Hello", system_message = "Be kind.";

AlignedBytes chat_model() {
  Recipe recipe{.architecture = small_architecture()};
  recipe.architecture.vocab_size = tokenizer_pieces;
  recipe.tokenizer = true;
  return with_tables(write_image(recipe, all_int8), [](test_schema::ModelT& model) {
    model.chat = std::make_unique<test_schema::ChatFormatT>();
    model.chat->name = "test";
    model.chat->opening = "<o>";
    model.chat->system_prefix = "<s>";
    model.chat->system_suffix = "</s>";
    model.chat->before_reply = "<r>";
    model.chat->after_reply = "</r>";
  });
}

std::string_view view(ringlet_text text) { return {text.data, text.size}; }
ringlet_text text(std::string_view value) { return {value.data(), value.size()}; }

TEST(CChat, WritesTheSameTurns) {
  const AlignedBytes bytes = chat_model();
  const auto model = Model::open(bytes.span());
  ASSERT_TRUE(model.ok()) << model.status().where() << model.status().what();
  const ChatFormat format = *ChatFormat::open(*model);
  ringlet_model c_model;
  ASSERT_EQ(ringlet_model_open(&c_model, bytes.data(), bytes.size()).code, RINGLET_OK);
  ringlet_chat_format c_format;
  ASSERT_EQ(ringlet_chat_format_open(&c_format, &c_model).code, RINGLET_OK);
  EXPECT_EQ(view(ringlet_chat_format_name(&c_format)), format.name());
  EXPECT_EQ(ringlet_chat_format_has_system(&c_format), format.has_system());

  std::array<char, 128> room{}, c_room{};
  const ringlet_span buffer{c_room.data(), c_room.size()};
  ringlet_chat_turn turn{};
  const ringlet_text message = text(system_message);
  ASSERT_EQ(ringlet_chat_format_first_turn(&c_format, &message, text(user), buffer, &turn).code,
            RINGLET_OK);
  auto expected = format.first_turn(system_message, user, room);
  ASSERT_TRUE(expected.ok());
  EXPECT_EQ(view(turn.text), expected->text);
  EXPECT_EQ(view(turn.control_tokens.literal), expected->control_tokens.literal);
  EXPECT_EQ(turn.control_tokens.enabled, expected->control_tokens.enabled);
  ASSERT_EQ(ringlet_chat_format_first_turn(&c_format, nullptr, text(user), buffer, &turn).code,
            RINGLET_OK);
  EXPECT_EQ(view(turn.text), format.first_turn({}, user, room)->text);
  ASSERT_EQ(ringlet_chat_format_next_turn(&c_format, text(user), buffer, &turn).code, RINGLET_OK);
  EXPECT_EQ(view(turn.text), format.next_turn(user, room)->text);
  const ringlet_status status =
      ringlet_chat_format_next_turn(&c_format, text(user), {c_room.data(), 3}, &turn);
  EXPECT_NE(status.code, RINGLET_OK);
  EXPECT_EQ(status.numbers, RINGLET_NUMBERS_NEEDS);
}

TEST(CChat, AModelWithoutFormatIsRefused) {
  const AlignedBytes bytes = write_image(Recipe{.architecture = small_architecture()}, all_int8);
  ringlet_model model;
  ASSERT_EQ(ringlet_model_open(&model, bytes.data(), bytes.size()).code, RINGLET_OK);
  ringlet_chat_format format;
  EXPECT_EQ(ringlet_chat_format_open(&format, &model).code, RINGLET_UNSUPPORTED);
}

}  // namespace
}  // namespace ringlet::test
