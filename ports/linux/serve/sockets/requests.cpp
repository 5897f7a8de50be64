// From the library's requests to the handler's, and back.
#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "serve/sockets/http_listener.hpp"

namespace ringlet::serve {
namespace {

/// Divides a target of the form that proxies get, http://HOST/PATH, whose host counts.
void divide_target(HttpRequest& request) {
  constexpr std::string_view scheme = "http://";
  if (strncasecmp(request.path.c_str(), scheme.data(), scheme.size()) != 0) return;
  const std::size_t end = std::min(request.path.find('/', scheme.size()), request.path.size());
  request.host = request.path.substr(scheme.size(), end - scheme.size());
  request.path.erase(0, end);
  if (request.path.empty()) request.path.push_back('/');
}

HttpRequest request_of(const httplib::Request& request) {
  HttpRequest result = {.method = request.method,
                        .path = request.path,
                        .host = {},
                        .origin = request.get_header_value("Origin"),
                        .authorization = request.get_header_value("Authorization"),
                        .if_none_match = request.get_header_value("If-None-Match")};
  if (request.has_header("Host")) result.host = request.get_header_value("Host");
  divide_target(result);
  return result;
}

bool is_connected() {
  const Connection* connection = Connection::current();
  return connection == nullptr || connection->is_connected();
}

void close_connection() {
  if (Connection* connection = Connection::current()) connection->close_after();
}

void put(HttpReply reply, const httplib::Request& request, httplib::Response& response) {
  // The library makes 206 of 200 where a part of the page is asked for.
  if (reply.status != 200) response.status = reply.status;
  for (const auto& [name, value] : reply.headers) response.set_header(name, value);
  if (reply.closes) close_connection();
  if (!reply.stream) {
    if (!reply.body.empty()) response.set_content(reply.body, reply.type);
    return;
  }
  auto write = [next = std::move(reply.stream)](std::size_t, httplib::DataSink& sink) {
    std::string events;
    const bool more = next(events);
    if (!events.empty() && !sink.write(events.data(), events.size())) return false;
    if (!more) sink.done();
    return !more || is_connected();
  };
  if (request.version == "HTTP/1.0") {  // knows no chunks: the reply ends with the connection
    close_connection();
    response.set_content_provider(reply.type, std::move(write));
  } else {
    response.set_chunked_content_provider(reply.type, std::move(write));
  }
}

/// Announces the end of the connection exactly once, so that the client sends no further request
/// into it. The library announces only the ends that it decides on itself.
void announce_end(const httplib::Request&, httplib::Response& response) {
  const Connection* connection = Connection::current();
  if (connection == nullptr || !connection->closes()) return;
  response.headers.erase("Keep-Alive");
  response.headers.erase("Connection");
  response.set_header("Connection", "close");
}

Refusal refusal_of(int status) {
  const Connection* connection = Connection::current();
  if (connection != nullptr && connection->head_problem() != 0) {
    status = connection->head_problem();
  }
  switch (status) {
    case 408:
      return Refusal::slow_head;
    case 413:
      return Refusal::large_body;
    case 414:
      return Refusal::long_path;
    case 431:
      return Refusal::large_head;
    case 500:
      return Refusal::failed;
    default:
      return Refusal::not_http;
  }
}

/// Why the headers that name a host or an origin, or that frame the body, are refused; nothing if
/// they are clear (RFC 9112 3.2, 6.1, 6.3). Of two values, a proxy could use the other one.
std::optional<Refusal> refuse_headers(const httplib::Request& request) {
  const std::size_t hosts = request.get_header_value_count("Host");
  if (hosts > 1 || (hosts == 0 && request.version != "HTTP/1.0")) return Refusal::not_one_host;
  const std::size_t lengths = request.get_header_value_count("Content-Length");
  const std::size_t codings = request.get_header_value_count("Transfer-Encoding");
  if (request.get_header_value_count("Origin") > 1 || lengths + codings > 1) {
    return Refusal::not_http;
  }
  const std::string coding = request.get_header_value("Transfer-Encoding");
  if (codings == 1 && strcasecmp(coding.c_str(), "chunked") != 0) return Refusal::unknown_coding;
  return std::nullopt;
}

/// Why a body will not be read; nothing if it can be.
std::optional<Refusal> refuse_body(const httplib::Request& request, std::size_t most) {
  if (request.get_header_value("Content-Type").starts_with("multipart/")) return Refusal::multipart;
  const std::string encoding = request.get_header_value("Content-Encoding");
  constexpr std::array<const char*, 5> encodings = {"", "identity", "gzip", "deflate", "br"};
  const bool is_known = std::any_of(encodings.begin(), encodings.end(), [&](const char* one) {
    return strcasecmp(encoding.c_str(), one) == 0;
  });
  if (!is_known) return Refusal::unknown_encoding;
  const std::string length = request.get_header_value("Content-Length");
  if (length.empty()) {
    if (request.has_header("Transfer-Encoding")) return std::nullopt;
    return Refusal::no_length;
  }
  std::uint64_t announced = 0;
  const auto parsed = std::from_chars(length.data(), length.data() + length.size(), announced);
  if (parsed.ec == std::errc::result_out_of_range) return Refusal::large_body;
  if (parsed.ec != std::errc() || parsed.ptr != length.data() + length.size()) {
    return Refusal::not_http;
  }
  if (announced > most) return Refusal::large_body;
  return std::nullopt;
}

}  // namespace

void HttpListener::set_handlers() {
  set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    return admit(request, response);
  });
  set_error_handler(
      HandlerWithResponse([this](const httplib::Request& request, httplib::Response& response) {
        return explain(request, response);
      }));
  set_post_routing_handler(announce_end);
  set_expect_100_continue_handler(
      [this](const httplib::Request& request, httplib::Response& response) {
        return invite(request, response);
      });
  Get(".*", [this](const httplib::Request& request, httplib::Response& response) {
    put(handler_.answer(request_of(request), {}, is_connected), request, response);
  });
  Post(".*", [this](const httplib::Request& request, httplib::Response& response,
                    const httplib::ContentReader& reader) { post(request, response, reader); });
}

/// Decides before any body is read.
httplib::Server::HandlerResponse HttpListener::admit(const httplib::Request& request,
                                                     httplib::Response& response) {
  const std::optional<Refusal> refusal = refuse_headers(request);
  std::optional<HttpReply> reply =
      refusal ? handler_.explain(*refusal) : handler_.admit(request_of(request));
  if (!reply) return HandlerResponse::Unhandled;
  put(std::move(*reply), request, response);
  return HandlerResponse::Handled;
}

/// Whether a client that asks first should send its body: 100, or the status of the refusal.
int HttpListener::invite(const httplib::Request& request, httplib::Response& response) const {
  std::optional<Refusal> refusal = refuse_headers(request);
  std::optional<HttpReply> reply = handler_.admit(request_of(request));
  if (!refusal && reply) {
    put(std::move(*reply), request, response);
    return response.status;
  }
  if (!refusal) refusal = refuse_body(request, settings_.connection.body_bytes);
  if (!refusal) return 100;
  put(handler_.explain(*refusal), request, response);
  return response.status;
}

httplib::Server::HandlerResponse HttpListener::explain(const httplib::Request& request,
                                                       httplib::Response& response) const {
  if (!response.body.empty()) return HandlerResponse::Unhandled;
  put(handler_.explain(refusal_of(response.status)), request, response);
  return HandlerResponse::Handled;
}

void HttpListener::post(const httplib::Request& request, httplib::Response& response,
                        const httplib::ContentReader& reader) const {
  const std::size_t most = settings_.connection.body_bytes;
  std::optional<Refusal> refusal = refuse_body(request, most);
  std::string body;
  if (!refusal) {
    const bool whole = reader([&](const char* bytes, std::size_t size) {
      if (size > most - body.size()) {
        refusal = Refusal::large_body;
        return false;
      }
      body.append(bytes, size);
      return true;
    });
    if (!whole && !refusal) refusal = Refusal::broken_body;
  }
  // An unread body leaves bytes that no request begins with, so an explanation ends the connection.
  put(refusal ? handler_.explain(*refusal)
              : handler_.answer(request_of(request), body, is_connected),
      request, response);
}

}  // namespace ringlet::serve
