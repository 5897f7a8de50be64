// An answer on its way to the client, whole or as a stream of events.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "serve/service/service.hpp"

namespace ringlet::serve {

/// Cancels the answer if it is destroyed before the end.
class Exchange {
 public:
  explicit Exchange(Taken taken);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  /// Waits until the answer has begun, so that what fails before has a status of its own. Throws
  /// ApiError; returns false if `is_connected` says that the client has gone.
  [[nodiscard]] bool begin(const std::function<bool()>& is_connected);

  /// Waits for the whole answer. Throws ApiError; null if the client has gone.
  [[nodiscard]] Json whole(const std::function<bool()>& is_connected);

  /// Waits for the next events of the stream, at most so long, and appends them. Returns whether
  /// more can come.
  bool stream(std::string& events, std::chrono::milliseconds most);

 private:
  void take(const News& news);
  [[nodiscard]] AnswerPart part(const News& news);
  [[nodiscard]] FinishReason reason() const;
  [[nodiscard]] Usage usage() const;
  [[nodiscard]] ApiError failure() const;
  void add_end(std::string& events);

  Taken taken_;
  CallReader calls_;
  News pending_;  // taken while the answer began
  Ending ending_ = Ending::cancelled;
  std::string problem_;
  Usage usage_;
  std::size_t called_ = 0;
  bool has_begun_ = false;  // the stream has its first chunk
  bool has_ended_ = false;
};

}  // namespace ringlet::serve
