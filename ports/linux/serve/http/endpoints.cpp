#include "serve/http/endpoints.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "common/format_values.hpp"
#include "serve/http/page.hpp"
#include "serve/http/paths.hpp"
#include "serve/service/exchange.hpp"

namespace ringlet::serve {
namespace {

constexpr const char* json_type = "application/json";
constexpr std::chrono::milliseconds look_again{100};

HttpReply json_reply(std::string body) {
  HttpReply reply;
  reply.type = json_type;
  reply.body = std::move(body);
  return reply;
}

HttpReply error_reply(const ApiError& error) {
  HttpReply reply = json_reply(dump(error_json(error)));
  reply.status = error.status;
  if (error.code == "deadline_exceeded") {
    // Otherwise OpenAI's packages retry twice, and each retry takes as long again.
    reply.headers.emplace_back("x-should-retry", "false");
  } else if (error.status == 503) {
    reply.headers.emplace_back("Retry-After", "1");
  }
  if (error.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

/// What a client gets that has gone, or that has closed its half of the connection.
HttpReply nothing() {
  HttpReply reply = error_reply(
      {400, "invalid_request_error", "the connection was closed before the answer was complete"});
  reply.closes = true;
  return reply;
}

/// FNV-1a: the page of another build has another tag.
std::string tag_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3;
  }
  return common::format("\"%016llx\"", static_cast<unsigned long long>(hash));
}

ApiError error_of(Refusal refusal) {
  constexpr const char* invalid_request = "invalid_request_error";
  switch (refusal) {
    case Refusal::slow_head:
      return {408, invalid_request, "the head of the request took too long"};
    case Refusal::large_head:
      return {431, invalid_request, "the head of the request is too large"};
    case Refusal::long_path:
      return {414, invalid_request, "the path is too long"};
    case Refusal::not_one_host:
      return {400, invalid_request, "a request must have exactly one Host header"};
    case Refusal::no_length:
      return {411, invalid_request, "the length of the body is missing"};
    case Refusal::unknown_coding:
      return {501, invalid_request, "Transfer-Encoding must be chunked"};
    case Refusal::unknown_encoding:
      return {415, invalid_request, "Content-Encoding must be gzip, deflate or br"};
    case Refusal::multipart:
      return {415, invalid_request, "the body must be application/json"};
    case Refusal::large_body:
      return {413, invalid_request, "the body is too large", {}, "body_too_large"};
    case Refusal::broken_body:
      return {400, invalid_request,
              "the body is incomplete, or not encoded as Content-Encoding says"};
    case Refusal::too_many_connections:
      return {503, "server_error", "too many connections; try again", {}, "queue_full"};
    case Refusal::failed:
      return {500, "server_error", "the request failed"};
    case Refusal::not_http:
      break;
  }
  return {400, invalid_request, "this is not a request of HTTP"};
}

/// Replies at once if that needs one piece, otherwise piece by piece.
HttpReply whole_reply(const std::shared_ptr<WholeReply>& whole) {
  if (!whole) return nothing();
  HttpReply reply = json_reply({});
  if (!whole->next(reply.body)) return reply;
  reply.stream = [whole, first = std::exchange(reply.body, {})](std::string& out) mutable {
    out += std::exchange(first, {});
    return whole->next(out);
  };
  return reply;
}

/// Sends an answer: whole, or in events as it comes.
HttpReply reply_with(Taken taken, const IsConnected& is_connected) {
  const bool stream = taken.stream;
  const auto exchange = std::make_shared<Exchange>(std::move(taken));
  if (!exchange->begin(is_connected)) return nothing();
  if (!stream) {
    return whole_reply(exchange->whole(is_connected));
  }
  HttpReply reply;
  reply.type = "text/event-stream";
  reply.headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}};
  reply.stream = [exchange](std::string& events) { return exchange->stream(events, look_again); };
  return reply;
}

/// Whether If-None-Match names the tag: among others, or as W/"…", which proxies make of it.
bool names_tag(std::string_view known, const std::string& tag) {
  return known == "*" || known.find(tag) != std::string_view::npos;
}

HttpReply page_reply(const std::string& tag, const std::string& known_tags) {
  HttpReply reply;
  // Its other rules are in the page, with the hashes of its script and style.
  reply.headers = {{"Content-Security-Policy", "frame-ancestors 'none'"},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Cache-Control", "no-cache"},
                   {"ETag", tag}};
  if (names_tag(known_tags, tag)) {
    reply.status = 304;
    return reply;
  }
  reply.type = "text/html; charset=utf-8";
  reply.body = page();
  return reply;
}

}  // namespace

Endpoints::Endpoints(Service& service, AccessRules access, const BodyLimits& body)
    : service_(service), access_(std::move(access)), body_(body), page_tag_(tag_of(page())) {}

void Endpoints::require_known(const HttpRequest& request) const {
  const std::string path = plain_path(request.path);
  const std::string name = path.substr(0, 64);
  if (!is_path(path)) {
    const char* hint = is_path("/v1" + path) ? "; the protocol is at /v1" : "";
    throw ApiError(404, "invalid_request_error", "there is no " + name + hint, {}, "not_found");
  }
  const std::string_view taken = method_of(path);
  const std::string_view given = request.method;
  if (given == taken || (given == "HEAD" && taken == "GET")) return;
  throw ApiError(405, "invalid_request_error",
                 name + " does not take " + request.method + "; it takes " + std::string(taken));
}

void Endpoints::add_cors(const HttpRequest& request, HttpReply& reply) const {
  if (!allows_origin(access_, request.origin)) return;
  reply.headers.emplace_back("Access-Control-Allow-Origin", request.origin);
  reply.headers.emplace_back("Vary", "Origin");
}

std::optional<HttpReply> Endpoints::admit(const HttpRequest& request) {
  HttpReply reply;
  try {
    if (request.method == "OPTIONS" && allows_origin(access_, request.origin)) {
      reply.status = 204;
      reply.headers = {
          {"Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
          // The asterisk does not stand for Authorization. Clients add headers of their own.
          {"Access-Control-Allow-Headers", "Authorization, Content-Type, *"},
          {"Access-Control-Max-Age", "600"}};
    } else {
      const std::string path = plain_path(request.path);
      check_access(access_, {path, request.host, request.origin, request.authorization});
      require_known(request);
      if (draining_) throw ApiError(503, "server_error", "the server is stopping", {}, "stopping");
      return std::nullopt;
    }
  } catch (const ApiError& error) {
    reply = error_reply(error);
    if (error.status == 405) {
      const bool reads = method_of(plain_path(request.path)) == "GET";
      reply.headers.emplace_back("Allow", reads ? "GET, HEAD" : "POST");
    }
    reply.closes = true;  // the body stays unread
  }
  add_cors(request, reply);
  return reply;
}

HttpReply Endpoints::answer(const HttpRequest& request, const std::string& body,
                            const IsConnected& is_connected) {
  HttpReply reply;
  try {
    reply = request.method == "POST"
                ? answer_post(plain_path(request.path), parse_body(body, body_), is_connected)
                : answer_get(plain_path(request.path), request.if_none_match);
  } catch (const ApiError& error) {
    reply = error_reply(error);
  } catch (const std::exception& error) {
    reply = error_reply({500, "server_error", error.what()});
  }
  add_cors(request, reply);
  return reply;
}

HttpReply Endpoints::explain(Refusal refusal) {
  HttpReply reply = error_reply(error_of(refusal));
  reply.closes = true;
  return reply;
}

HttpReply Endpoints::answer_get(const std::string& path, const std::string& known_tag) const {
  if (path == "/") return page_reply(page_tag_, known_tag);
  if (path == "/health") return json_reply(dump(service_.health()));
  if (path == "/v1/models") return json_reply(dump(service_.models()));
  if (path.starts_with(one_model)) {
    const std::string name = path.substr(one_model.size());
    const Json model = service_.models()["data"].front();
    if (model["id"] == name) return json_reply(dump(model));
    throw ApiError(404, "invalid_request_error", "there is no model " + name.substr(0, 64), {},
                   "model_not_found");
  }
  if (path == "/plan") return json_reply(service_.plan());
  HttpReply reply;
  reply.type = "text/plain; version=0.0.4";
  reply.body = service_.metrics();
  return reply;
}

HttpReply Endpoints::answer_post(const std::string& path, const Json& body,
                                 const IsConnected& is_connected) {
  if (path == "/v1/chat/completions") {
    return reply_with(service_.chat(read_chat(body)), is_connected);
  }
  if (path == "/v1/completions") {
    return reply_with(service_.complete(read_completion(body)), is_connected);
  }
  return json_reply(
      dump(path == "/tokenize" ? service_.tokenize(body) : service_.detokenize(body)));
}

}  // namespace ringlet::serve
