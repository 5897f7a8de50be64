// Texts in quotes, as models write them in calls.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ringlet::serve {

struct QuoteRules {
  /// A colon or an equals sign follows.
  bool is_key = false;
  /// Texts behind one another are one text.
  bool joins_texts = false;
};

/// Reads what begins with a quote: one of JSON, of Python (also r'…' and three quotes), or Gemma's
/// token. `rest` becomes what follows. Nothing, and `rest` stays, if no quote begins the text or
/// none ends it for certain.
///
/// Models forget to escape quotes ('it's'), so a quote ends a text only before what can follow a
/// value, and only if every quote that was opened within the text is closed. An escape that names
/// no character stays as it is written ("\d").
[[nodiscard]] std::optional<std::string> take_quoted(std::string_view text, std::string_view& rest,
                                                     const QuoteRules& rules);

}  // namespace ringlet::serve
