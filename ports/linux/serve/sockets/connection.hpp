// The socket of one client, which can be slow, silent, or gone.
#pragma once

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "serve/http/listener.hpp"

namespace ringlet::serve {

/// Reads and writes with deadlines for whole requests, so that a byte now and then does not hold a
/// thread for ever. Used by one thread.
class Connection : public httplib::Stream {
 public:
  /// Does not close the socket.
  Connection(int socket, const ConnectionLimits& limits);

  /// The connection that the current thread serves.
  [[nodiscard]] static Connection* current() noexcept;

  /// Waits for the first byte of a request, at most so long. Returns false if none comes.
  [[nodiscard]] bool wait(std::chrono::milliseconds most);
  /// Whether the client begins TLS, as browsers do first, and would wait for the server's part of
  /// it. Requires that wait() has returned true.
  [[nodiscard]] bool is_encrypted() const;
  /// A request begins: head and body have new limits.
  void begin_request();

  /// Whether the client is still there.
  [[nodiscard]] bool is_connected() const;
  /// No request follows on this connection, for instance because a body has not been read.
  void close_after() noexcept { closes_ = true; }
  [[nodiscard]] bool closes() const noexcept { return closes_; }
  /// What was wrong with the head of the request: 400, 408, 431, or 0.
  [[nodiscard]] int head_problem() const noexcept { return head_problem_; }

  /// Ends the connection so that the client can read what was written, even while it still sends.
  void finish();

  // httplib::Stream
  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] int socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;

  void follow_head(const char* bytes, std::size_t size);
  [[nodiscard]] bool poll_until(short events, Clock::time_point end) const;

  int socket_;
  ConnectionLimits limits_;
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Clock::time_point deadline_;
  std::size_t head_bytes_ = 0;
  std::uint8_t newlines_ = 0;  // in a row
  bool in_head_ = true;
  bool closes_ = false;
  int head_problem_ = 0;
};

/// Makes a connection that of the current thread, while it lives.
class CurrentConnection {
 public:
  explicit CurrentConnection(Connection& connection) noexcept;
  CurrentConnection(const CurrentConnection&) = delete;
  CurrentConnection& operator=(const CurrentConnection&) = delete;
  ~CurrentConnection();
};

}  // namespace ringlet::serve
