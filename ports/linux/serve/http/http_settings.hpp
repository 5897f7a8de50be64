// The settings of the server.
#pragma once

#include "serve/http/access.hpp"
#include "serve/http/listener.hpp"
#include "serve/protocol/request_body.hpp"

namespace ringlet::serve {

struct HttpSettings {
  ListenerSettings listener = {};
  AccessRules access = {};
  BodyLimits body = {};  // the listener's limit of bytes is this one
};

}  // namespace ringlet::serve
