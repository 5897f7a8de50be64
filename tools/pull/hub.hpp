// The hub: lists repositories and sends their files. Follows redirects, tries again where that can
// help, and turns refusals into sentences with a remedy.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "pull/http.hpp"
#include "pull/hub_settings.hpp"
#include "pull/repository.hpp"
#include "pull/source_name.hpp"

namespace ringlet::pull {

/// A signal asked to stop.
class Interrupted : public std::exception {};

/// What the hub calls while it works.
struct HubCallbacks {
  std::function<bool()> interrupted{};             // whether to stop; several times a second
  std::function<void(const std::string&)> note{};  // a line about what is being waited for
};

/// Why an attempt did not succeed.
struct Trouble {
  std::string reason;              // "the connection was cut (…)", "the hub answers 503"
  bool is_final = false;           // another attempt would not help
  long status = 0;                 // of the answer; 0: there was none
  std::uint64_t wait_seconds = 0;  // asked for by the hub; 0: not
  std::string about{};             // begins the message in place of what was tried
};

/// What an address sent in the end.
struct Answer {
  HttpResult result{};
  std::string error{};  // the hub's own words about an error; empty if it gave none
};

/// A part of a file.
struct FileRequest {
  std::string path;
  std::uint64_t from = 0;
  std::uint64_t until = 0;  // the end of the part; 0: that of the file
  std::string etag{};       // of the content that `from` belongs to; empty: unknown
  std::function<bool(const HttpHead&)> on_head{};  // of status 200 or 206
  std::function<bool(std::string_view)> on_body{};
};

class Hub {
 public:
  /// Throws port::Failure if this build has no network.
  Hub(HubSettings settings, HubCallbacks callbacks);

  /// What the repository has at that revision. Throws port::Failure or Interrupted.
  [[nodiscard]] Repository list(const SourceName& name);

  /// One attempt to get a part of a file. Returns what went wrong, if anything; callers decide
  /// whether what arrived is enough. Throws Interrupted, and what the callbacks throw.
  [[nodiscard]] std::optional<Trouble> get(const Repository& repository,
                                           const FileRequest& request);

  /// Calls attempt() until it returns no trouble. Waits in between, longer each time. Gives up with
  /// port::Failure, beginning with `what`, after a final trouble, or if progress() has not grown
  /// for as many attempts as the settings say.
  void persist(const std::string& what, const std::function<std::optional<Trouble>()>& attempt,
               const std::function<std::uint64_t()>& progress);

  [[nodiscard]] const HubSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] Answer follow(const std::string& address, const std::vector<std::string>& headers,
                              const FileRequest& sinks);
  [[nodiscard]] std::vector<std::string> headers_for(const std::string& address,
                                                     const std::vector<std::string>& headers) const;
  void wait(std::uint64_t milliseconds) const;

  HubSettings settings_;
  HubCallbacks callbacks_;
  HttpClient client_;
  bool reached_ = false;  // whether there has been an answer
};

}  // namespace ringlet::pull
