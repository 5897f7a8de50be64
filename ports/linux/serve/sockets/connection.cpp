#include "serve/sockets/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace ringlet::serve {
namespace {

thread_local Connection* current_connection = nullptr;

// How much more is read from a client that has its answer already.
constexpr std::size_t most_drained = std::size_t{16} << 20;
constexpr std::chrono::milliseconds longest_drain{2'000};

}  // namespace

Connection::Connection(int socket, const ConnectionLimits& limits)
    : socket_(socket), limits_(limits), deadline_(Clock::now() + limits.head) {}

Connection* Connection::current() noexcept { return current_connection; }

CurrentConnection::CurrentConnection(Connection& connection) noexcept {
  current_connection = &connection;
}

CurrentConnection::~CurrentConnection() { current_connection = nullptr; }

bool Connection::poll_until(short events, Clock::time_point end) const {
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd watched{.fd = socket_, .events = events, .revents = 0};
    const int ready = poll(&watched, 1, static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (Clock::now() >= end) return false;
  }
}

bool Connection::wait(std::chrono::milliseconds most) {
  return begin_ < end_ || poll_until(POLLIN, Clock::now() + most);
}

bool Connection::is_encrypted() const {
  constexpr char handshake = 0x16;
  char byte = 0;
  return begin_ == end_ && recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1 &&
         byte == handshake;
}

void Connection::begin_request() {
  deadline_ = Clock::now() + limits_.head;
  head_bytes_ = 0;
  newlines_ = 0;
  in_head_ = true;
  head_problem_ = 0;
}

bool Connection::is_connected() const {
  if (begin_ < end_) return true;
  char byte = 0;
  const ssize_t count = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR));
}

bool Connection::is_readable() const { return begin_ < end_ || poll_until(POLLIN, deadline_); }

bool Connection::is_writable() const {
  return is_connected() && poll_until(POLLOUT, Clock::now() + limits_.write);
}

/// Finds the empty line that ends the head. Refuses control characters and folded lines, which
/// parsers read in different ways (RFC 9110 5.5; RFC 9112 2.2, 5.2).
void Connection::follow_head(const char* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size && in_head_; ++i) {
    ++head_bytes_;
    const auto byte = static_cast<unsigned char>(bytes[i]);
    const bool is_control =
        (byte < 0x20 && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F;
    const bool is_folded = newlines_ == 1 && (byte == ' ' || byte == '\t');
    if (is_control || is_folded) head_problem_ = 400;
    if (bytes[i] == '\n') {
      in_head_ = ++newlines_ < 2;
    } else if (bytes[i] != '\r') {
      newlines_ = 0;
    }
  }
  if (!in_head_) deadline_ = Clock::now() + limits_.body;
}

ssize_t Connection::read(char* out, std::size_t size) {
  if (in_head_ && head_bytes_ >= limits_.head_bytes) {
    head_problem_ = 431;
    return -1;
  }
  if (begin_ == end_) {
    if (!poll_until(POLLIN, deadline_)) {
      if (in_head_) head_problem_ = 408;
      return -1;
    }
    ssize_t count = 0;
    do {
      count = recv(socket_, buffer_.data(), buffer_.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count <= 0) return count;
    begin_ = 0;
    end_ = static_cast<std::size_t>(count);
  }
  // The head comes byte by byte, so its end is never crossed.
  const std::size_t taken = std::min(size, end_ - begin_);
  std::copy_n(buffer_.data() + begin_, taken, out);
  begin_ += taken;
  if (in_head_) follow_head(out, taken);
  if (head_problem_ != 0) return -1;
  return static_cast<ssize_t>(taken);
}

ssize_t Connection::write(const char* bytes, std::size_t size) {
  const auto end = Clock::now() + limits_.write;
  std::size_t written = 0;
  while (written < size) {
    const ssize_t count =
        send(socket_, bytes + written, size - written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
      if (!poll_until(POLLOUT, end)) return -1;
    } else {
      return -1;
    }
  }
  return static_cast<ssize_t>(written);
}

void Connection::finish() {
  // Closed with bytes unread, the connection would be reset, and the client could lose its answer.
  shutdown(socket_, SHUT_WR);
  const auto end = Clock::now() + longest_drain;
  std::size_t drained = 0;
  while (drained < most_drained && poll_until(POLLIN, end)) {
    const ssize_t count = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count <= 0) return;
    drained += static_cast<std::size_t>(count);
  }
}

// No log and no rule depends on addresses.
void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip.clear();
  port = 0;
}

}  // namespace ringlet::serve
