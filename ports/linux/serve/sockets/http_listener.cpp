#include "serve/sockets/http_listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "serve/sockets/worker_threads.hpp"

namespace ringlet::serve {
namespace {

constexpr std::chrono::milliseconds slice{100};
constexpr std::chrono::milliseconds moment{2};
constexpr std::size_t requests_of_connection = 1000;
constexpr int waiting_connections = 128;  // until they are accepted

void set_option(int socket, int level, int option, int value) {
  // A socket without the option still works.
  (void)setsockopt(socket, level, option, &value, sizeof(value));
}

}  // namespace

HttpListener::HttpListener(HttpHandler& handler, const ListenerSettings& settings)
    : handler_(handler), settings_(settings) {
  // Not SO_REUSEPORT, by which a second server would take half of the first one's clients.
  set_socket_options([this](socket_t socket) {
    set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
    socket_ = socket;
  });
  new_task_queue = [this] { return new WorkerThreads(settings_.threads, scarce_); };
  set_payload_max_length(settings_.connection.body_bytes);
  set_keep_alive_timeout(settings_.connection.idle.count() / 1000);
  set_keep_alive_max_count(requests_of_connection);
  set_tcp_nodelay(true);
  set_handlers();
  bind();
  if (!problem_.empty()) return;
  listener_ = std::thread([this] {
    (void)listen_after_bind();
    listened_ = true;
  });
}

void HttpListener::bind() {
  errno = 0;
  port_ = settings_.port;
  if (port_ == 0) {
    port_ = bind_to_any_port(settings_.host);
  } else if (!bind_to_port(settings_.host, port_)) {
    port_ = -1;
  }
  if (port_ > 0) {
    // The library lets five connections wait, and the system drops the next one for a second.
    (void)::listen(socket_, waiting_connections);
    return;
  }
  const int error = errno;
  problem_ = settings_.host + ":" + std::to_string(settings_.port);
  // Without an address there was no socket.
  problem_ += error == 0 || socket_ < 0
                  ? ": is not an address of this machine"
                  : ": cannot be listened on: " + std::system_category().message(error);
  if (error == EADDRINUSE) problem_ += "; choose another with --port";
}

HttpListener::~HttpListener() { close(); }

void HttpListener::close() {
  drain();
  if (!listener_.joinable()) return;
  // stop() would cut off streams.
  const auto end = std::chrono::steady_clock::now() + settings_.connection.write;
  while (requests_ > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(moment);
  }
  closing_ = true;
  // Before it listens, it cannot be stopped.
  while (!is_running() && !listened_) std::this_thread::sleep_for(moment);
  stop();
  listener_.join();
}

bool HttpListener::process_and_close_socket(socket_t socket) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  // What the system keeps for a client is bounded too.
  set_option(socket, SOL_SOCKET, SO_SNDBUF, 64 << 10);
  set_option(socket, SOL_SOCKET, SO_RCVBUF, 64 << 10);
  Connection connection(socket, settings_.connection);
  if (WorkerThreads::is_refused()) {
    refuse(connection);
  } else {
    const CurrentConnection current(connection);
    serve(connection);
    connection.finish();
  }
  ::close(socket);
  return true;
}

void HttpListener::serve(Connection& connection) {
  for (std::size_t count = 0; count < requests_of_connection && !closing_; ++count) {
    // A client that keeps its connection without a request makes room for others.
    const auto most = count == 0 ? settings_.connection.head : settings_.connection.idle;
    auto waited = std::chrono::milliseconds(0);
    bool ready = false;
    while (!ready && waited < most && !closing_ && !(count > 0 && scarce_)) {
      ready = connection.wait(slice);
      waited += slice;
    }
    if (!ready || connection.is_encrypted()) return;
    connection.begin_request();
    bool closed = false;
    const bool last = draining_ || count + 1 == requests_of_connection;
    ++requests_;
    const bool goes_on = process_request(connection, last, closed, nullptr);
    --requests_;
    if (!goes_on) return;
    if (last || closed || connection.closes()) return;
  }
}

/// Answers at once, since nobody waits in this thread.
void HttpListener::refuse(Connection& connection) const {
  const HttpReply error = handler_.explain(Refusal::too_many_connections);
  std::string reply = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: " + error.type + "\r\n";
  for (const auto& [name, value] : error.headers) {
    reply.append(name).append(": ").append(value).append("\r\n");
  }
  reply += "Connection: close\r\nContent-Length: " + std::to_string(error.body.size()) +
           "\r\n\r\n" + error.body;
  (void)send(connection.socket(), reply.data(), reply.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  shutdown(connection.socket(), SHUT_WR);
  std::array<char, 4096> rest;
  (void)recv(connection.socket(), rest.data(), rest.size(), MSG_DONTWAIT);
}

}  // namespace ringlet::serve
