#include "serve/http/http_server.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "common/loaded_library.hpp"
#include "ringlet/linux/failure.hpp"

namespace ringlet::serve {
namespace {

/// ../lib/ringlet/serve/ringlet-sockets.so beside the folder of the program, installed or in the
/// build tree.
std::string sockets_library() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "lib" / "ringlet" / "serve" / "ringlet-sockets.so";
}

std::unique_ptr<Listener> open_listener(HttpHandler& handler, const ListenerSettings& settings) {
  const common::LoadedLibrary library(sockets_library(), "libcpp-httplib0.11");
  std::string problem;
  std::unique_ptr<Listener> listener(library.function<OpenListener>(open_listener_name)(
      RINGLET_PROGRAM_VERSION, handler, settings, problem));
  if (listener == nullptr) throw port::Failure(problem);
  return listener;
}

}  // namespace

HttpServer::HttpServer(Service& service, HttpSettings settings)
    : endpoints_(service, std::move(settings.access), settings.body) {
  settings.listener.connection.body_bytes = settings.body.bytes;
  listener_ = open_listener(endpoints_, settings.listener);
}

void HttpServer::drain() noexcept {
  endpoints_.drain();
  listener_->drain();
}

void HttpServer::close() {
  drain();
  listener_->close();
}

}  // namespace ringlet::serve
