// The turns of a conversation, as a model's chat format writes them.
#include "ringlet/chat.hpp"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "editable_generated.h"
#include "support/model_image.hpp"

namespace ringlet::test {
namespace {

class ChatTest : public testing::Test {
 protected:
  ChatTest() : bytes_(make()), model_(*Model::open(bytes_.span())) {}

  /// The format after an edit.
  const ChatFormat& with(const std::function<void(test_schema::ChatFormatT&)>& edit) {
    bytes_ = with_tables(bytes_, [&](test_schema::ModelT& t) { edit(*t.chat); });
    const Result<Model> model = Model::open(bytes_.span());
    EXPECT_TRUE(model.ok()) << model.status().where();
    model_ = *model;
    format_ = *ChatFormat::open(model_);
    return format_;
  }

  std::array<char, 128> room{};

 private:
  static AlignedBytes make() {
    Recipe recipe{.architecture = small_architecture()};
    recipe.architecture.vocab_size = tokenizer_pieces;
    recipe.tokenizer = true;
    return with_tables(write_image(recipe, all_int8), [](test_schema::ModelT& model) {
      model.chat = std::make_unique<test_schema::ChatFormatT>();
      model.chat->opening = "<o>";
      model.chat->before_reply = "<r>";
      model.chat->after_reply = "</r>";
    });
  }

  AlignedBytes bytes_;
  Model model_;
  ChatFormat format_;
};

TEST_F(ChatTest, AFormatWithoutSystemMessagesRefusesThem) {
  const ChatFormat& format = with([](test_schema::ChatFormatT&) {});
  EXPECT_FALSE(format.has_system());
  const Result<ChatTurn> turn = format.first_turn("Be kind.", "Hello", room);
  EXPECT_EQ(turn.status().code(), ErrorCode::unsupported);
  EXPECT_STREQ(turn.status().where(), "system");
  EXPECT_EQ(format.first_turn({}, "Hello", room)->text, "<o>Hello<r>");
  EXPECT_EQ(format.name(), "");
}

TEST_F(ChatTest, SpaceAroundMessagesIsKeptUnlessTheFormatTrims) {
  const auto turns = [&](bool trim) {
    const ChatFormat& format = with([=](test_schema::ChatFormatT& t) {
      t.trim = trim;
      t.system_prefix = "<s>";
      t.system_suffix = "</s>";
    });
    std::string result(format.first_turn(" kind\n", "\t Hello you \r\n", room)->text);
    result += format.next_turn(" \n ", room)->text;
    return result;
  };
  EXPECT_EQ(turns(false), "<s> kind\n</s>\t Hello you \r\n<r></r> \n <r>");
  EXPECT_EQ(turns(true), "<s>kind</s>Hello you<r></r><r>");
}

TEST_F(ChatTest, ARoomThatIsTooSmallIsRefusedWithWhatIsNeeded) {
  const ChatFormat& format = with([](test_schema::ChatFormatT&) {});
  const std::size_t size = std::string("<o>Hello<r>").size();
  const Result<ChatTurn> turn = format.first_turn({}, "Hello", std::span(room).first(size - 1));
  EXPECT_EQ(turn.status().code(), ErrorCode::not_enough_memory);
  EXPECT_EQ(turn.status().needed(), size);
  EXPECT_EQ(format.first_turn({}, "Hello", std::span(room).first(size))->text, "<o>Hello<r>");
}

}  // namespace
}  // namespace ringlet::test
