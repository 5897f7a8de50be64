#include "pull/http.hpp"

#include <charconv>

#include "ringlet/linux/failure.hpp"

#ifdef RINGLET_HAS_CURL
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <exception>

#include "common/loaded_library.hpp"
#include "pull/letter_case.hpp"
#endif

namespace ringlet::pull {

std::string HttpHead::header(std::string_view name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::optional<std::uint64_t> leading_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

#ifdef RINGLET_HAS_CURL

namespace {

constexpr std::size_t most_header_bytes = std::size_t{1} << 18;
constexpr long connect_seconds = 20;
constexpr long slowest_bytes_per_second = 64;

/// The functions of libcurl that are used here.
struct Curl {
  common::LoadedLibrary library{"libcurl.so.4", "libcurl4"};
  decltype(curl_global_init)* global_init =
      library.function<decltype(curl_global_init)>("curl_global_init");
  decltype(curl_easy_init)* easy_init =
      library.function<decltype(curl_easy_init)>("curl_easy_init");
  decltype(curl_easy_reset)* reset = library.function<decltype(curl_easy_reset)>("curl_easy_reset");
  decltype(curl_easy_setopt)* setopt =
      library.function<decltype(curl_easy_setopt)>("curl_easy_setopt");
  decltype(curl_easy_getinfo)* getinfo =
      library.function<decltype(curl_easy_getinfo)>("curl_easy_getinfo");
  decltype(curl_easy_perform)* perform =
      library.function<decltype(curl_easy_perform)>("curl_easy_perform");
  decltype(curl_easy_strerror)* strerror =
      library.function<decltype(curl_easy_strerror)>("curl_easy_strerror");
  decltype(curl_easy_cleanup)* cleanup =
      library.function<decltype(curl_easy_cleanup)>("curl_easy_cleanup");
  decltype(curl_slist_append)* append =
      library.function<decltype(curl_slist_append)>("curl_slist_append");
  decltype(curl_slist_free_all)* free_all =
      library.function<decltype(curl_slist_free_all)>("curl_slist_free_all");

  Curl() {
    if (global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw port::Failure("libcurl cannot be used here");
    }
  }
};

const Curl& curl() {
  static const Curl loaded;
  return loaded;
}

/// A request in progress. Its functions are what libcurl calls, and exceptions must not cross it.
struct Transfer {
  const HttpRequest& request;
  HttpResult result{};
  std::size_t header_bytes = 0;
  bool had_head = false;
  bool stopped = false;
  std::exception_ptr thrown = nullptr;

  template <typename Action>
  bool guarded(Action action) {
    try {
      if (action()) return true;
      stopped = true;
    } catch (...) {
      thrown = std::current_exception();
    }
    return false;
  }

  void add_header(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // also of an interim answer, which the final one replaces
      result.head.headers.clear();
      return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::size_t value = line.find_first_not_of(" \t", colon + 1);
    result.head.headers[in_lower_case(line.substr(0, colon))] =
        value == std::string_view::npos ? "" : line.substr(value);
  }

  bool finish_head(CURL* handle) {
    if (had_head) return true;
    had_head = true;
    curl().getinfo(handle, CURLINFO_RESPONSE_CODE, &result.head.status);
    return !request.on_head || guarded([this] { return request.on_head(result.head); });
  }
};

HttpEnd end_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpEnd::complete;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpEnd::unreachable;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_FAILED_INIT:
      return HttpEnd::refused;
    default:
      return HttpEnd::cut;
  }
}

}  // namespace

struct HttpClient::Connection {
  CURL* handle = nullptr;
  std::function<bool()> interrupted;
  Transfer* transfer = nullptr;
  std::array<char, CURL_ERROR_SIZE> error{};

  static std::size_t receive_header(char* data, std::size_t, std::size_t size, void* user_data) {
    Transfer& transfer = *static_cast<Connection*>(user_data)->transfer;
    transfer.header_bytes += size;
    if (transfer.header_bytes > most_header_bytes) return 0;
    const bool added = transfer.guarded([&] {
      transfer.add_header({data, size});
      return true;
    });
    return added ? size : 0;
  }

  static std::size_t receive_body(char* data, std::size_t, std::size_t size, void* user_data) {
    auto& self = *static_cast<Connection*>(user_data);
    Transfer& transfer = *self.transfer;
    if (!transfer.finish_head(self.handle)) return 0;
    const auto& on_body = transfer.request.on_body;
    if (!on_body || transfer.guarded([&] { return on_body({data, size}); })) return size;
    return 0;
  }

  static int watch(void* user_data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& self = *static_cast<Connection*>(user_data);
    if (!self.interrupted || !self.interrupted()) return 0;
    self.transfer->stopped = true;
    return 1;
  }

  template <typename Value>
  void set(CURLoption option, Value value) {
    curl().setopt(handle, option, value);
  }

  void prepare(const HttpRequest& request, curl_slist* headers) {
    curl().reset(handle);  // keeps connections
    set(CURLOPT_URL, request.address.c_str());
    set(CURLOPT_HTTPHEADER, headers);
    set(CURLOPT_USERAGENT, "ringlet/" RINGLET_PROGRAM_VERSION);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CONNECTTIMEOUT, connect_seconds);
    set(CURLOPT_LOW_SPEED_LIMIT, slowest_bytes_per_second);
    set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stall_seconds));
    set(CURLOPT_ERRORBUFFER, error.data());
    set(CURLOPT_HEADERFUNCTION, &receive_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(this));
    set(CURLOPT_WRITEFUNCTION, &receive_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(this));
    set(CURLOPT_XFERINFOFUNCTION, &watch);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
  }
};

bool has_network() noexcept { return true; }

void require_network() {}

HttpClient::HttpClient(std::function<bool()> interrupted)
    : connection_(std::make_unique<Connection>()) {
  connection_->handle = curl().easy_init();
  if (connection_->handle == nullptr) throw port::Failure("libcurl cannot be used here");
  connection_->interrupted = std::move(interrupted);
}

HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpClient::~HttpClient() {
  if (connection_) curl().cleanup(connection_->handle);
}

HttpResult HttpClient::get(const HttpRequest& request) {
  Connection& connection = *connection_;
  curl_slist* headers = nullptr;
  for (const std::string& header : request.headers) {
    headers = curl().append(headers, header.c_str());
  }
  Transfer transfer{request};
  connection.transfer = &transfer;
  connection.error.fill('\0');
  connection.prepare(request, headers);
  const CURLcode code = curl().perform(connection.handle);
  curl().free_all(headers);
  if (code == CURLE_OK && !transfer.thrown) transfer.finish_head(connection.handle);
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  HttpResult& result = transfer.result;
  result.end = transfer.stopped ? HttpEnd::stopped : end_of(code);
  if (result.end != HttpEnd::complete && result.end != HttpEnd::stopped) {
    result.error = connection.error[0] != '\0' ? connection.error.data() : curl().strerror(code);
  }
  return std::move(result);
}

#else

struct HttpClient::Connection {};

bool has_network() noexcept { return false; }

void require_network() {
  throw port::Failure(
      "this program was built without libcurl; install libcurl4-openssl-dev and libssl-dev and "
      "build it again, or download the files and convert them with ringlet-convert");
}

HttpClient::HttpClient(std::function<bool()>) { require_network(); }
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;
HttpClient::~HttpClient() = default;

HttpResult HttpClient::get(const HttpRequest&) {
  require_network();
  return {};
}

#endif

}  // namespace ringlet::pull
