// The contract between the server and its sockets. The library for those is loaded when a server
// starts (http_server.hpp), so both sides know only this.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ringlet::serve {

/// The head of a request, as far as anything depends on it. Absent headers are empty.
struct HttpRequest {
  std::string method = {};
  std::string path = {};
  std::optional<std::string> host = {};  // HTTP/1.0 can have none
  std::string origin = {};
  std::string authorization = {};  // "Bearer KEY"
  std::string if_none_match = {};
};

struct HttpReply {
  int status = 200;
  std::string type = {};
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Instead of a body: appends what comes next, and returns whether more can come. It waits only
  /// for a moment, so it can append nothing.
  std::function<bool(std::string&)> stream = {};
  bool closes = false;  // the connection takes no request after this one
};

/// Why a request never became one.
enum class Refusal : std::uint8_t {
  not_http,
  not_one_host,
  slow_head,
  large_head,
  long_path,
  no_length,
  unknown_coding,
  unknown_encoding,
  multipart,
  large_body,
  broken_body,
  too_many_connections,
  failed,
};

/// Whether the client still waits for its reply.
using IsConnected = std::function<bool()>;

/// Answers requests, of several connections at once. Nothing throws.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  /// Decides before the body is read. Returns the reply if there is one already.
  [[nodiscard]] virtual std::optional<HttpReply> admit(const HttpRequest& request) = 0;
  /// Answers a request that was admitted. The body is empty for GET.
  [[nodiscard]] virtual HttpReply answer(const HttpRequest& request, const std::string& body,
                                         const IsConnected& is_connected) = 0;
  [[nodiscard]] virtual HttpReply explain(Refusal refusal) = 0;
};

/// How long a client can take, and how much it can send.
struct ConnectionLimits {
  std::size_t head_bytes = std::size_t{16} << 10;
  std::size_t body_bytes = std::size_t{1} << 20;
  std::chrono::milliseconds head{10'000};   // from the first byte to the empty line
  std::chrono::milliseconds body{30'000};   // from there
  std::chrono::milliseconds write{15'000};  // for what is written at once
  std::chrono::milliseconds idle{5'000};    // between requests
};

struct ListenerSettings {
  std::string host = "127.0.0.1";
  int port = 8080;  // 0: any
  ConnectionLimits connection = {};
  std::size_t threads = 16;  // and so connections
};

/// Listens, and serves in threads of its own.
class Listener {
 public:
  virtual ~Listener() = default;

  /// The port that it listens on.
  [[nodiscard]] virtual int port() const noexcept = 0;
  /// Takes no more requests on open connections.
  virtual void drain() noexcept = 0;
  /// Waits until the requests that have begun are answered, and ends all connections.
  virtual void close() = 0;
};

/// What the loaded library has, under this name: opens a listener, or returns null with the reason.
/// `version` is the program's; another one is a reason too. `handler` must outlive the result,
/// which the caller deletes.
using OpenListener = Listener*(const char* version, HttpHandler& handler,
                               const ListenerSettings& settings, std::string& problem);
inline constexpr const char* open_listener_name = "ringlet_open_listener";

}  // namespace ringlet::serve
