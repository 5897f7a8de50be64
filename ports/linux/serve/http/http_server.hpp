// The server, for programs.
#pragma once

#include <memory>

#include "serve/http/endpoints.hpp"
#include "serve/http/http_settings.hpp"
#include "serve/service/service.hpp"

namespace ringlet::serve {

class HttpServer {
 public:
  /// Loads the library of the sockets, binds the address, and serves in threads of its own. Throws
  /// port::Failure if the library cannot be loaded, or the address is taken or not one of this
  /// machine. `service` must outlive the object.
  HttpServer(Service& service, HttpSettings settings);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Closes.
  ~HttpServer() = default;

  /// The port that it listens on.
  [[nodiscard]] int port() const noexcept { return listener_->port(); }

  /// Refuses new requests from now on, with 503.
  void drain() noexcept;
  /// Refuses new requests, waits until those that have begun are answered, and ends all
  /// connections.
  void close();

 private:
  Endpoints endpoints_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace ringlet::serve
