#include "plan_remedy.hpp"

#include <algorithm>
#include <functional>
#include <vector>

#include "options.hpp"

namespace ringlet::cli {
namespace {

/// A value that an option can take, and what it does.
struct Choice {
  std::string value;
  std::function<void(PoolConfig&)> apply;
};

/// One option with smaller and smaller values: the first that helps is named.
struct Change {
  std::string option;
  std::vector<Choice> choices;
};

/// Halves a setting down to `least`.
Change halved(const char* option, std::uint32_t value, std::uint32_t least,
              const std::function<void(PoolConfig&, std::uint32_t)>& set) {
  Change change{option, {}};
  while (value > least) {
    value = std::max(value / 2, least);
    change.choices.push_back(
        {std::to_string(value), [set, value](PoolConfig& smaller) { set(smaller, value); }});
  }
  return change;
}

/// The same for a setting of every session.
Change halved(const char* option, const Config& config, std::uint32_t Config::*field,
              std::uint32_t least) {
  return halved(option, config.*field, least, [field](PoolConfig& smaller, std::uint32_t value) {
    smaller.session.*field = value;
  });
}

/// The formats from the most exact one to the smallest.
Change other_formats() {
  Change change{"--kv", {}};
  for (const std::string& name : kv_names()) {
    change.choices.push_back(
        {name, [name](PoolConfig& smaller) { smaller.session.kv = kv_named(name); }});
  }
  return change;
}

/// What can be changed, in the order of preference.
std::vector<Change> changes(const PoolConfig& pool, bool from_prefix) {
  const Config& config = pool.session;
  constexpr std::uint32_t shortest_word = 16;
  std::vector<Change> all;
  if (config.draft_tokens > 0) {
    all.push_back({"--draft-tokens", {{"0", [](PoolConfig& smaller) {
                                         Config& session = smaller.session;
                                         session.draft_tokens = session.lookup_window = 0;
                                         session.draft_bytes = 0;
                                       }}}});
  }
  for (Change& change :
       std::vector<Change>{halved("--longest-word", config, &Config::longest_word, shortest_word),
                           halved("--prefill-chunk", config, &Config::prefill_chunk, 1),
                           halved("--threads", config, &Config::threads, 1)}) {
    all.push_back(std::move(change));
  }
  if (config.accelerator_bytes > 0) {
    all.push_back({"--prefill", {{"ringlet", [](PoolConfig& smaller) {
                                    smaller.session.accelerator_bytes = 0;
                                  }}}});
  }
  if (!from_prefix) {
    all.push_back(other_formats());
    // In a pool, sinks are the prefix's affair.
    if (config.sinks > 0 && pool.sessions == 0) {
      all.push_back({"--sinks", {{"0", [](PoolConfig& smaller) { smaller.session.sinks = 0; }}}});
    }
  }
  if (!from_prefix) {
    all.push_back(halved("--prefix-tokens", pool.prefix_tokens, 0,
                         [](PoolConfig& smaller, std::uint32_t value) {
                           smaller.prefix_tokens = value;
                           if (value > 0) smaller.session.sinks = value;
                         }));
  }
  if (pool.branches > 0) {
    all.push_back({"--branches", {{"0 --branch-pages 0", [](PoolConfig& smaller) {
                                     smaller.branches = smaller.branch_pages = 0;
                                   }}}});
  }
  all.push_back(halved("--sessions", pool.sessions, 1,
                       [](PoolConfig& smaller, std::uint32_t value) { smaller.sessions = value; }));
  return all;
}

/// "a", "a or b", "a, b or c".
std::string joined(const std::vector<std::string>& parts, const char* last) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? last : ", ";
    text += parts[i];
  }
  return text;
}

}  // namespace

std::string plan_remedy(const PlanSubject& subject, const PoolConfig& config, std::uint64_t ram,
                        bool from_prefix) {
  const auto fits = [&](const PoolConfig& other) {
    return subject.longest_context(other, ram) > 0;
  };
  const std::vector<Change> possible = changes(config, from_prefix);
  std::vector<std::string> helpful;
  for (const Change& change : possible) {
    for (const Choice& choice : change.choices) {
      PoolConfig smaller = config;
      choice.apply(smaller);
      if (!fits(smaller)) continue;
      helpful.push_back(change.option + " " + choice.value);
      break;
    }
  }
  if (!helpful.empty()) {
    return "no context fits; " + joined(helpful, " or ") + " would make one fit";
  }
  PoolConfig smallest = config;
  std::vector<std::string> together;
  for (const Change& change : possible) {
    if (change.choices.empty()) continue;
    change.choices.back().apply(smallest);
    together.push_back(change.option + " " + change.choices.back().value);
  }
  if (fits(smallest)) return "no context fits; " + joined(together, " and ") + " together would do";
  return "no context fits, whatever the other settings are; use a smaller model";
}

}  // namespace ringlet::cli
