#include "chat/chat_format.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "chat/probes.hpp"
#include "jinja/error.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

using Clock = std::optional<std::tm>;

/// Two moments that differ in every part of a date.
std::tm moment(int which) {
  std::tm clock{};
  clock.tm_year = which == 0 ? 101 : 133;
  clock.tm_mon = which == 0 ? 1 : 8;
  clock.tm_mday = which == 0 ? 3 : 27;
  clock.tm_hour = which == 0 ? 4 : 17;
  clock.tm_min = which == 0 ? 6 : 48;
  clock.tm_sec = which == 0 ? 9 : 51;
  clock.tm_wday = which == 0 ? 6 : 2;
  clock.tm_yday = which == 0 ? 33 : 269;
  return clock;
}

const char* family_of(const SourceChat& chat) {
  static constexpr std::array<std::pair<const char*, const char*>, 8> marks = {
      {{"<|im_start|>", "ChatML"},
       {"<|start_header_id|>", "Llama 3"},
       {"<start_of_turn>", "Gemma"},
       {"<<SYS>>", "Llama 2"},
       {"[INST]", "Mistral"},
       {"<|assistant|>\n", "Zephyr or Phi"},
       {"<|im_sep|>", "Phi"},
       {"<|assistant|>", "Phi"}}};
  const std::string all =
      chat.opening + chat.before_reply + chat.after_reply + chat.system_prefix.value_or("");
  for (const auto& [mark, name] : marks) {
    if (all.find(mark) != std::string::npos) return name;
  }
  return "its own";
}

/// Finds the format of a template at one moment.
class FormatFinder {
 public:
  FormatFinder(const ChatTemplate& chat_template, const Clock& clock)
      : template_(chat_template), clock_(clock) {}

  FoundChat find() {
    read_first_turn();
    read_later_turns();
    chat_.trim = trims();
    check_turns();
    read_system();
    note_marks();
    chat_.name = family_of(chat_);
    return {chat_, note_};
  }

 private:
  [[nodiscard]] std::string render(const Conversation& conversation) const {
    return template_.render(conversation, clock_);
  }

  [[nodiscard]] std::string written(const Conversation& conversation) const {
    return written_by(chat_, conversation, reply_lead_);
  }

  [[nodiscard]] bool agrees(const Conversation& conversation) const {
    return render(conversation) == written(conversation);
  }

  [[nodiscard]] std::vector<std::string> parts_of(std::size_t turns) const {
    const Conversation probes = probe_conversation(turns, false);
    const auto parts = parts_between(render(probes), probes);
    if (!parts) fail("does not write every message once and in order");
    return *parts;
  }

  void read_first_turn() {
    const std::vector<std::string> parts = parts_of(1);
    chat_.opening = parts[0];
    chat_.before_reply = parts[1];
  }

  void read_later_turns() {
    const std::vector<std::string> parts = parts_of(3);
    if (parts[0] != chat_.opening) fail("begins differently when there are more messages");
    chat_.after_reply = parts[2];
    read_reply_lead(parts[1]);
    if (parts[3] != parts[1]) fail("writes later replies differently from the first");
    if (parts[4] != chat_.after_reply || parts[5] != chat_.before_reply) {
      fail("writes later messages differently from the first");
    }
  }

  /// The text before a reply in the history must equal the text of the prompt for a reply. White
  /// space after it is part of what the model writes when it replies.
  void read_reply_lead(const std::string& history) {
    const std::string& prompt = chat_.before_reply;
    const auto ends = std::mismatch(prompt.begin(), prompt.end(), history.begin(), history.end());
    const std::string asked(ends.first, prompt.end());
    const std::string kept(ends.second, history.end());
    if (asked.empty() && kept.find_first_not_of(" \n") == std::string::npos) {
      reply_lead_ = kept;
    } else if (kept.empty()) {
      fail("asks for a reply after ", quoted_part(asked), ", which it leaves out of the history");
    } else if (asked.empty()) {
      fail("writes ", quoted_part(kept),
           " before the replies of the history, but not where it asks "
           "for one");
    } else {
      fail("writes ", quoted_part(kept), " before the replies of the history, but ",
           quoted_part(asked), " where it asks for one");
    }
  }

  [[nodiscard]] bool trims() const {
    const Conversation spaced{.system = {}, .users = {"  Qwoxprobe \n"}, .replies = {}};
    const std::string text = render(spaced);
    if (text == chat_.opening + "Qwoxprobe" + chat_.before_reply) return true;
    if (text == chat_.opening + spaced.users[0] + chat_.before_reply) return false;
    fail("changes the white space around messages in a way of its own");
  }

  /// Everyday messages, some of them equal.
  static Conversation everyday(std::size_t turns, bool system) {
    static constexpr std::array<const char*, 5> users = {
        "Hello", "What is 20% of {x}?\n\n1. \"a\" <b>\n2. it's", "Hello", "ok", "Hello"};
    static constexpr std::array<const char*, 4> replies = {"Hi!", "Two lines:\n\n- one", "ok",
                                                           "Hi!"};
    Conversation conversation;
    if (system) conversation.system = "Be brief.\nAlways.";
    conversation.users.assign(users.begin(), users.begin() + static_cast<std::ptrdiff_t>(turns));
    conversation.replies.assign(replies.begin(),
                                replies.begin() + static_cast<std::ptrdiff_t>(turns) - 1);
    return conversation;
  }

  void check_turns() const {
    for (const std::size_t turns : {1U, 2U, 3U, 4U, 5U}) {
      if (!agrees(probe_conversation(turns, false))) {
        fail("writes conversations of ", turns, " turns in a way of their own");
      }
      if (!agrees(everyday(turns, false))) fail("writes messages differently for what they say");
    }
  }

  void add_note(const std::string& text) { note_ += (note_.empty() ? "" : "; ") + text; }

  /// The system message, if the template has a place for it that a format can express.
  void read_system() {
    const Conversation probes = probe_conversation(1, true);
    std::string text;
    try {
      text = render(probes);
    } catch (const jinja::Error&) {
      return;  // the template rejects one
    } catch (const jinja::Unsupported& error) {
      return leave_out_system(error.what());
    }
    if (text.find(*probes.system) == std::string::npos) return;
    const auto parts = parts_between(text, probes);
    if (!parts) return leave_out_system("it writes them after messages of the user, or twice");
    if ((*parts)[2] != chat_.before_reply) {
      return leave_out_system("it asks for replies differently then");
    }
    chat_.system_prefix = (*parts)[0];
    chat_.system_suffix = (*parts)[1];
    try {
      check_turns_with_system();
    } catch (const std::runtime_error& error) {  // raised by the template
      leave_out_system(error.what());
    }
  }

  void check_turns_with_system() {
    for (const std::size_t turns : {1U, 2U, 3U, 4U, 5U}) {
      if (agrees(probe_conversation(turns, true)) && agrees(everyday(turns, true))) continue;
      const Conversation several = probe_conversation(2, true);
      const std::string all = render(several);
      const bool later = all.find(*several.system) > all.find(several.users[0]);
      return leave_out_system(later ? "it moves them to the last message of the user"
                                    : "it writes later turns differently then");
    }
    check_white_space_of_system();
  }

  void leave_out_system(const std::string& reason) {
    chat_.system_prefix.reset();
    chat_.system_suffix.clear();
    add_note("without system messages, because of the template: " + reason);
  }

  void check_white_space_of_system() {
    Conversation spaced = probe_conversation(1, true);
    *spaced.system = " \n" + *spaced.system + "\n ";
    if (agrees(spaced)) return;
    add_note(chat_.trim
                 ? "white space around a system message is taken away, which the template keeps"
                 : "white space around a system message stays, which the template takes away");
  }

  /// Templates of reasoning models search messages for marks. A session keeps everything it has
  /// read and written, so a format can only promise ordinary messages.
  void note_marks() {
    std::string found;
    for (const char* mark : {"<think>", "</think>", " /think", " /no_think"}) {
      Conversation marked = probe_conversation(3, chat_.system_prefix.has_value());
      const Conversation plain = marked;
      const auto look = [&](std::string& message, const char* where) {
        message += std::string(mark) + " Qwox";
        bool same = false;
        try {
          same = agrees(marked);
        } catch (const jinja::Error&) {
        }
        if (!same) found += (found.empty() ? "" : ", ") + quoted_part(mark) + " in " + where;
        marked = plain;
      };
      if (marked.system) look(*marked.system, "system messages");
      look(marked.users[0], "messages of the user");
      look(marked.replies[0], "replies");
    }
    if (!found.empty())
      add_note("the template changes what it writes for " + found + "; a session does not");
  }

  const ChatTemplate& template_;
  const Clock& clock_;
  SourceChat chat_ = {};
  std::string reply_lead_;
  std::string note_;
};

bool same_format(const SourceChat& a, const SourceChat& b) {
  return a.opening == b.opening && a.system_prefix == b.system_prefix &&
         a.system_suffix == b.system_suffix && a.before_reply == b.before_reply &&
         a.after_reply == b.after_reply && a.trim == b.trim;
}

/// A template that writes the date. If it defines a text without a clock, that text is the format,
/// because a model file does not know the day of its use.
FoundChat format_without_clock(const ChatTemplate& chat_template) {
  const Clock none;
  try {
    FoundChat found = FormatFinder(chat_template, none).find();
    found.note += found.note.empty() ? "" : "; ";
    found.note += "with the date that the template writes where there is no clock";
    return found;
  } catch (const std::runtime_error&) {
    fail("writes the date of the day (strftime_now), which a model file cannot know");
  }
}

FoundChat find_format(const SourceTokenizer& tokenizer) {
  const ChatTemplate chat_template(tokenizer);
  const Clock early = moment(0);
  const Clock late = moment(1);
  FoundChat found = FormatFinder(chat_template, early).find();
  const FoundChat other = FormatFinder(chat_template, late).find();
  return same_format(found.chat, other.chat) ? found : format_without_clock(chat_template);
}

}  // namespace

FoundChat chat_format_of(const SourceTokenizer& tokenizer) {
  try {
    return find_format(tokenizer);
  } catch (const jinja::Fault& fault) {
    fail("cannot be rendered: ", fault.what());
  }
}

}  // namespace ringlet::convert
