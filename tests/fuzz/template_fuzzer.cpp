// libFuzzer's entry for chat templates: rendering one, and finding the format in it.
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "chat/chat_format.hpp"
#include "jinja/template.hpp"

namespace {

using namespace ringlet::convert;

void render(std::string_view text) {
  const jinja::Template parsed(text);
  (void)parsed.render({{"messages",
                        {{{"role", "user"}, {"content", "text"}},
                         {{"role", "assistant"}, {"content", "caf\xC3\xA9 \xF0\x9F\x98\x80\n"}}}},
                       {"bos_token", "<s>"},
                       {"tools", nullptr},
                       {"numbers", {3, 1.5, true}}},
                      {.clock = std::tm{}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    render(text);
  } catch (const std::runtime_error&) {  // one sentence for the person at the keyboard
  }
  SourceTokenizer tokenizer;
  tokenizer.chat_template = text;
  try {
    (void)chat_format_of(tokenizer);
  } catch (const std::runtime_error&) {
  }
  return 0;
}
