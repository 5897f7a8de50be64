// Renders a template so that nobody can write a control token into a message.
//
// A rendered prompt is one text in which the template's own "<|im_start|>" must become a token and
// a user's must not. So the template is rendered twice: once as it is, which gives the text, and
// once with characters of the messages replaced by others that nothing else contains, which tells
// where each of them went. If both texts agree but for the replaced characters, the places are
// certain.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "jinja/template.hpp"
#include "templates/control_spellings.hpp"

namespace ringlet::templates {

/// A rendered prompt.
struct Prompt {
  std::string text;  // byte for byte what Jinja2 writes
  /// The control tokens in the text that messages have spelled, wholly or at one end: text, not
  /// tokens. In order, and they do not overlap.
  std::vector<Span> literal = {};
};

/// Renders with these variables. Whoever runs the program vouches for those that `trusted` names
/// (bos_token), and for the role of a message, which can be a part of a mark ("<|user|>"). All
/// other texts, in messages, tools, documents and further variables, can spell anything.
///
/// Throws jinja::Error and jinja::Unsupported like the template, and port::Failure if a message
/// spells a control token and the template treats that as a mark of its own.
[[nodiscard]] Prompt guarded_render(const jinja::Template& parsed,
                                    const nlohmann::ordered_json& variables,
                                    const std::vector<std::string>& trusted,
                                    const ControlSpellings& control,
                                    const jinja::Environment& environment);

}  // namespace ringlet::templates
