// One request over HTTP, by libcurl. Redirects and errors are answers like others.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ringlet::pull {

/// Whether this build has libcurl. Without it every request throws.
[[nodiscard]] bool has_network() noexcept;

/// Throws port::Failure with the remedy if this build has no libcurl.
void require_network();

/// The status and the headers of an answer.
struct HttpHead {
  long status = 0;                                            // 0: there was no answer
  std::map<std::string, std::string, std::less<>> headers{};  // names in lower case

  /// The value of a header; empty if it is missing.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// The number that begins a header's value, or a part of one.
[[nodiscard]] std::optional<std::uint64_t> leading_number(std::string_view text);

struct HttpRequest {
  std::string address;
  std::vector<std::string> headers{};
  std::uint32_t stall_seconds = 30;
  /// Called before the body. Returning false ends the request.
  std::function<bool(const HttpHead&)> on_head{};
  /// Called for each piece of the body. Returning false ends the request.
  std::function<bool(std::string_view)> on_body{};
};

enum class HttpEnd : std::uint8_t {
  complete,     // the whole answer has arrived
  stopped,      // a callback ended the request, or the interruption
  unreachable,  // there was no connection
  cut,          // the answer ended early, stalled or was damaged on the way
  refused,      // another try would not help: the certificate, for example
};

struct HttpResult {
  HttpHead head{};
  HttpEnd end = HttpEnd::complete;
  std::string error{};  // libcurl's sentence, unless complete or stopped
};

/// Keeps connections between requests. Move-only.
class HttpClient {
 public:
  /// `interrupted` is asked several times a second; true ends the request.
  explicit HttpClient(std::function<bool()> interrupted);
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  /// Sends GET and waits for the end. Exceptions of the callbacks pass through.
  HttpResult get(const HttpRequest& request);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace ringlet::pull
