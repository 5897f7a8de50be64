#include "import/print_note.hpp"

#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <string>

#include "common/visible_text.hpp"
#include "terminal.hpp"

namespace ringlet::convert {

void print_note(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string text(static_cast<std::size_t>(length < 0 ? 0 : length) + 1, '\0');
  [[maybe_unused]] const int written = std::vsnprintf(text.data(), text.size(), format, again);
  va_end(again);
  text.pop_back();
  // If standard error has gone, there is nobody left to tell.
  [[maybe_unused]] const bool told = port::write_all(STDERR_FILENO, common::visible(text, false));
}

}  // namespace ringlet::convert
