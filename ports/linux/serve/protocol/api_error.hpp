// Errors of the protocol: what a client is told, and with which status.
#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace ringlet::serve {

/// An answer other than 200. It becomes {"error": {"message", "type", "code", "param"}}.
class ApiError : public std::exception {
 public:
  ApiError(int its_status, std::string its_type, std::string its_message,
           std::optional<std::string> its_param = {}, std::optional<std::string> its_code = {})
      : status(its_status),
        type(std::move(its_type)),
        message(std::move(its_message)),
        param(std::move(its_param)),
        code(std::move(its_code)) {}

  [[nodiscard]] const char* what() const noexcept override { return message.c_str(); }

  int status;
  std::string type;
  std::string message;
  std::optional<std::string> param;  // the field at fault
  std::optional<std::string> code;
};

/// 400 about a field of the request.
[[nodiscard]] inline ApiError invalid(std::string param, std::string message) {
  return {400, "invalid_request_error", std::move(message), std::move(param)};
}

/// 400 about a field whose value this server does not support, because ignoring it would change the
/// answer.
[[nodiscard]] inline ApiError unsupported(std::string param, std::string message) {
  return {400, "invalid_request_error", std::move(message), std::move(param), "unsupported_value"};
}

}  // namespace ringlet::serve
