// What the program finds when it has loaded this library.
#include <cstring>
#include <exception>
#include <memory>
#include <string>

#include "serve/sockets/http_listener.hpp"

extern "C" __attribute__((visibility("default")))
ringlet::serve::OpenListener ringlet_open_listener;

ringlet::serve::Listener* ringlet_open_listener(const char* version,
                                                ringlet::serve::HttpHandler& handler,
                                                const ringlet::serve::ListenerSettings& settings,
                                                std::string& problem) {
  if (std::strcmp(version, RINGLET_PROGRAM_VERSION) != 0) {
    problem = "ringlet-sockets.so: is of version " RINGLET_PROGRAM_VERSION ", and the program of " +
              std::string(version) + "; install both from one package";
    return nullptr;
  }
  try {
    auto listener = std::make_unique<ringlet::serve::HttpListener>(handler, settings);
    problem = listener->problem();
    return problem.empty() ? listener.release() : nullptr;
  } catch (const std::exception& error) {
    problem = error.what();
    return nullptr;
  }
}
