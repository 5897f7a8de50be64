#include "pull/hub.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "common/errors.hpp"
#include "common/format_values.hpp"
#include "pull/address.hpp"
#include "pull/hub_errors.hpp"

namespace ringlet::pull {
namespace {

constexpr int most_redirects = 8;
constexpr std::size_t most_error_bytes = 4096;
constexpr std::size_t longest_words = 200;
constexpr std::uint64_t longest_wait_seconds = 300;  // the window of the hub's rate limits
constexpr std::uint64_t longest_pause_seconds = 30;

std::string counted(std::uint64_t count, const char* noun) {
  return common::with_commas(count) + " " + common::plural(count, noun);
}

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// The hub's sentence about an error: in a header, or in {"error": "…"}.
std::string words_about_error(const HttpHead& head, const std::string& body) {
  std::string words = head.header("x-error-message");
  if (words.empty()) {
    const nlohmann::json document = nlohmann::json::parse(body, nullptr, false);
    if (document.is_object() && document.contains("error") && document["error"].is_string()) {
      words = document["error"].get<std::string>();
    }
  }
  return words.substr(0, longest_words);
}

/// Where an answer redirects to. Throws port::Failure if no request should go there.
std::string next_address(const std::string& from, const HttpHead& head) {
  const std::string location = head.header("location");
  std::string to = resolve(from, location);
  if (to.empty()) {
    common::fail(origin_of(from), ": redirects to '", location.substr(0, longest_words),
                 "', which is no address of the web");
  }
  if (keeps_secrets(from) && !keeps_secrets(to)) {
    common::fail(origin_of(from), ": redirects to ", origin_of(to), ", which is not encrypted");
  }
  return to;
}

}  // namespace

Hub::Hub(HubSettings settings, HubCallbacks callbacks)
    : settings_(std::move(settings)),
      callbacks_(std::move(callbacks)),
      client_(callbacks_.interrupted) {}

/// The token goes to the hub itself and nowhere else.
std::vector<std::string> Hub::headers_for(const std::string& address,
                                          const std::vector<std::string>& headers) const {
  std::vector<std::string> all = headers;
  if (!settings_.token.empty() && origin_of(address) == origin_of(settings_.endpoint)) {
    all.push_back("Authorization: Bearer " + settings_.token);
  }
  return all;
}

Answer Hub::follow(const std::string& address, const std::vector<std::string>& headers,
                   const FileRequest& sinks) {
  std::string current = address;
  for (int hop = 0; hop <= most_redirects; ++hop) {
    bool is_content = false;
    std::string other;  // the beginning of an answer that is not the content
    HttpRequest request{.address = current,
                        .headers = headers_for(current, headers),
                        .stall_seconds = settings_.stall_seconds};
    request.on_head = [&](const HttpHead& head) {
      is_content = head.status == 200 || head.status == 206;
      return !is_content || !sinks.on_head || sinks.on_head(head);
    };
    request.on_body = [&](std::string_view piece) {
      if (is_content) return sinks.on_body(piece);
      other.append(piece.substr(0, most_error_bytes - other.size()));
      return other.size() < most_error_bytes;
    };
    Answer answer{client_.get(request)};
    if (callbacks_.interrupted && callbacks_.interrupted()) throw Interrupted();
    reached_ = reached_ || answer.result.head.status != 0;
    if (!is_redirect(answer.result.head.status)) {
      if (!is_content) answer.error = words_about_error(answer.result.head, other);
      return answer;
    }
    current = next_address(current, answer.result.head);
  }
  common::fail(origin_of(address), ": redirects more than ", most_redirects, " times");
}

void Hub::wait(std::uint64_t milliseconds) const {
  constexpr std::uint64_t step = 50;
  for (std::uint64_t waited = 0; waited < milliseconds; waited += step) {
    if (callbacks_.interrupted && callbacks_.interrupted()) throw Interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(step));
  }
}

void Hub::persist(const std::string& what, const std::function<std::optional<Trouble>()>& attempt,
                  const std::function<std::uint64_t()>& progress) {
  std::uint64_t most = progress();
  for (std::uint32_t failed = 0;;) {
    const std::optional<Trouble> trouble = attempt();
    if (!trouble) return;
    if (trouble->is_final) {
      common::fail(trouble->about.empty() ? what : trouble->about, ": ", trouble->reason);
    }
    const bool has_grown = progress() > most;
    most = std::max(most, progress());
    failed = has_grown ? 1 : failed + 1;
    if (trouble->wait_seconds > longest_wait_seconds) {
      common::fail(what, ": ", trouble->reason, "; it asks to wait ",
                   counted(trouble->wait_seconds, "second"), ", so pull again then");
    }
    if (failed > settings_.retries) {
      common::fail(what, ": ", trouble->reason, ", after ", counted(failed, "attempt"),
                   "; pull again to continue");
    }
    const std::uint64_t pause = std::min(std::uint64_t{1} << (failed - 1), longest_pause_seconds);
    const std::uint64_t seconds = std::max(trouble->wait_seconds, pause);
    if (callbacks_.note) {
      callbacks_.note(what + ": " + trouble->reason + "; trying again in " +
                      counted(seconds, "second"));
    }
    wait(1000 * seconds);
  }
}

Repository Hub::list(const SourceName& name) {
  const std::string address = settings_.endpoint + "/api/models/" + name.repository + "/revision/" +
                              escaped(name.revision) + "?blobs=true";
  std::string text;
  const auto attempt = [&]() -> std::optional<Trouble> {
    text.clear();
    FileRequest sinks;
    sinks.on_body = [&text](std::string_view piece) {
      if (text.size() + piece.size() > most_listing_bytes) {
        throw port::Failure("the hub's list of files is longer than any; is HF_ENDPOINT right?");
      }
      text += piece;
      return true;
    };
    const Answer answer = follow(address, {"Accept: application/json"}, sinks);
    return trouble_of(answer, {name.repository, name.revision}, settings_, reached_);
  };
  persist(name.repository, attempt, [] { return std::uint64_t{0}; });
  Repository repository = read_repository(text, name.repository);
  // Repositories are renamed; the new name becomes a part of addresses.
  if (parse_source_name(repository.id).repository != repository.id) {
    common::fail(name.repository, ": the hub calls it '", repository.id, "'");
  }
  return repository;
}

std::optional<Trouble> Hub::get(const Repository& repository, const FileRequest& request) {
  const std::string address = settings_.endpoint + "/" + repository.id + "/resolve/" +
                              repository.commit + "/" + escaped(request.path, "/");
  std::vector<std::string> headers = {"Accept-Encoding: identity"};
  if (request.from > 0 || request.until > 0) {
    const std::string last = request.until > 0 ? std::to_string(request.until - 1) : "";
    headers.push_back("Range: bytes=" + std::to_string(request.from) + "-" + last);
    if (request.from > 0 && !request.etag.empty()) headers.push_back("If-Range: " + request.etag);
  }
  const Answer answer = follow(address, headers, request);
  return trouble_of(answer, {repository.id, repository.commit, request.path}, settings_, reached_);
}

}  // namespace ringlet::pull
