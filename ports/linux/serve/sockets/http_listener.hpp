// The listener: connections, and the requests on them.
#pragma once

#include <httplib.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

#include "serve/http/listener.hpp"
#include "serve/sockets/connection.hpp"

namespace ringlet::serve {

class HttpListener final : public Listener, private httplib::Server {
 public:
  /// Binds the address, and serves in threads of its own. `handler` must outlive the object.
  HttpListener(HttpHandler& handler, const ListenerSettings& settings);
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;
  /// Closes.
  ~HttpListener() override;

  /// Why the address cannot be listened on; empty if it is.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  // Listener
  [[nodiscard]] int port() const noexcept override { return port_; }
  void drain() noexcept override { draining_ = true; }
  void close() override;

 private:
  bool process_and_close_socket(socket_t socket) override;
  void serve(Connection& connection);
  void refuse(Connection& connection) const;

  void bind();
  void set_handlers();
  HandlerResponse admit(const httplib::Request& request, httplib::Response& response);
  int invite(const httplib::Request& request, httplib::Response& response) const;
  HandlerResponse explain(const httplib::Request& request, httplib::Response& response) const;
  void post(const httplib::Request& request, httplib::Response& response,
            const httplib::ContentReader& reader) const;

  HttpHandler& handler_;
  ListenerSettings settings_;
  int port_ = 0;
  int socket_ = -1;  // that listens; the library closes it
  std::string problem_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> closing_{false};
  std::atomic<bool> scarce_{false};
  std::atomic<bool> listened_{false};  // and does no longer
  std::atomic<std::size_t> requests_{0};
  std::thread listener_;
};

}  // namespace ringlet::serve
