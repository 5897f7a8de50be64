// Marks of chat formats for which the vocabulary has no token.
#include "chat/chat_marks.hpp"

#include <gtest/gtest.h>

#include "support/pieces.hpp"

namespace ringlet::convert {
namespace {

TEST(ChatMarks, AreTokensOrNamed) {
  SourceTokenizer tokenizer;
  tokenizer.pieces = test::special_pieces();
  tokenizer.pieces.push_back({.text = "<|im_end|>", .kind = SourcePieceKind::control});
  tokenizer.pieces.push_back({.text = "<|im_start|>"});  // an ordinary piece is no mark
  const SourceChat chat{.name = "",
                        .opening = "<s><|im_start|>user\n",
                        .system_prefix = "<<SYS>>\n",
                        .system_suffix = "\n<</SYS>>\n\n",
                        .before_reply = "<|im_end|>\n<|im_start|>a [INST] [/INST]",
                        .after_reply = "</s>x < y > z [a] <| |> <think></think>"};
  EXPECT_EQ(spelled_marks(chat, tokenizer),
            (std::vector<std::string>{"<|im_start|>", "<<SYS>>", "<</SYS>>", "[INST]", "[/INST]",
                                      "<think>", "</think>"}));
}

}  // namespace
}  // namespace ringlet::convert
