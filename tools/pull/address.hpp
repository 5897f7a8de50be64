// Addresses of the web, as far as a client of the hub must understand them.
#pragma once

#include <string>
#include <string_view>

namespace ringlet::pull {

/// Whether a text is an address with "http" or "https" and a host, and without a user.
[[nodiscard]] bool is_web_address(std::string_view address);

/// Scheme, host and port of an address: what may see a secret that another address gave. Empty if
/// it is none.
[[nodiscard]] std::string origin_of(std::string_view address);

/// Whether nobody on the network sees what is sent there: https, or this machine itself.
[[nodiscard]] bool keeps_secrets(std::string_view address);

/// The address that `location`, which can be relative, means in an answer from `base`. Empty if it
/// is not an address of the web.
[[nodiscard]] std::string resolve(const std::string& base, const std::string& location);

/// A path or query with everything escaped that is not a letter, a digit, or one of "-._~", and
/// of `allowed`.
[[nodiscard]] std::string escaped(std::string_view text, std::string_view allowed = "");

}  // namespace ringlet::pull
