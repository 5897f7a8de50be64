// Renders templates for the tests that compare with Jinja2: reads one JSON request per line of
// standard input, and writes one JSON answer per line to standard output.
//
//   {"template": ..., "variables": {...}, "clock": true}  ->  {"text": ...} or {"error": ...} or
//                                                             {"unsupported": ...}
//   {"chat_template": ..., "bos": ..., "eos": ...}        ->  {"format": {...}} or {"refused": ...}
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "chat/chat_format.hpp"
#include "jinja/error.hpp"
#include "jinja/template.hpp"

namespace {

using namespace ringlet::convert;
using Json = nlohmann::ordered_json;

/// The time that strftime_now() returns in the tests.
std::tm test_clock() {
  std::tm clock{};
  clock.tm_year = 2031 - 1900;
  clock.tm_mon = 1;
  clock.tm_mday = 3;
  clock.tm_hour = 16;
  clock.tm_min = 5;
  clock.tm_sec = 9;
  clock.tm_wday = 1;
  clock.tm_yday = 33;
  return clock;
}

Json render(const Json& request) {
  try {
    ringlet::jinja::Environment environment;
    if (request.value("clock", true)) environment.clock = test_clock();
    const ringlet::jinja::Template parsed(request.at("template").get<std::string>());
    return {{"text", parsed.render(request.at("variables"), environment)}};
  } catch (const ringlet::jinja::Unsupported& error) {
    return {{"unsupported", error.what()}};
  } catch (const ringlet::jinja::Error& error) {
    return {{"error", error.what()}};
  }
}

Json find_format(const Json& request) {
  SourceTokenizer tokenizer;
  const auto token = [&](const char* name) -> std::int32_t {
    if (!request.contains(name)) return -1;
    tokenizer.pieces.push_back({.text = request.at(name).get<std::string>()});
    return static_cast<std::int32_t>(tokenizer.pieces.size()) - 1;
  };
  tokenizer.bos = token("bos");
  tokenizer.eos = token("eos");
  tokenizer.chat_template = request.at("chat_template").get<std::string>();
  try {
    const FoundChat found = chat_format_of(tokenizer);
    const SourceChat& chat = found.chat;
    Json format = {{"name", chat.name},
                   {"opening", chat.opening},
                   {"before_reply", chat.before_reply},
                   {"after_reply", chat.after_reply},
                   {"trim", chat.trim},
                   {"note", found.note}};
    if (chat.system_prefix) format["system_prefix"] = *chat.system_prefix;
    if (chat.system_prefix) format["system_suffix"] = chat.system_suffix;
    return {{"format", format}};
  } catch (const std::runtime_error& error) {
    return {{"refused", error.what()}};
  }
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    const Json request = Json::parse(line);
    const Json answer = request.contains("chat_template") ? find_format(request) : render(request);
    std::cout << answer.dump() << std::endl;
  }
}
