// What each path answers, and to whom.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "serve/http/http_settings.hpp"
#include "serve/service/service.hpp"

namespace ringlet::serve {

class Endpoints : public HttpHandler {
 public:
  /// `service` must outlive the object.
  Endpoints(Service& service, AccessRules access, const BodyLimits& body);

  /// Refuses new requests from now on, with 503.
  void drain() noexcept { draining_ = true; }

  // HttpHandler
  [[nodiscard]] std::optional<HttpReply> admit(const HttpRequest& request) override;
  [[nodiscard]] HttpReply answer(const HttpRequest& request, const std::string& body,
                                 const IsConnected& is_connected) override;
  [[nodiscard]] HttpReply explain(Refusal refusal) override;

 private:
  void require_known(const HttpRequest& request) const;
  [[nodiscard]] HttpReply answer_get(const std::string& path, const std::string& known_tag) const;
  [[nodiscard]] HttpReply answer_post(const std::string& path, const Json& body,
                                      const IsConnected& is_connected);
  void add_cors(const HttpRequest& request, HttpReply& reply) const;

  Service& service_;
  AccessRules access_;
  BodyLimits body_;
  std::string page_tag_;  // ETag
  std::atomic<bool> draining_{false};
};

}  // namespace ringlet::serve
