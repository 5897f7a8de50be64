// The answers to a request on their way to the client, whole or as a stream of events.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "serve/service/service.hpp"
#include "serve/service/shown_records.hpp"
#include "serve/service/whole_reply.hpp"

namespace ringlet::serve {

/// Cancels the answers if it is destroyed before the end.
class Exchange {
 public:
  explicit Exchange(Taken taken);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  /// Waits until an answer has begun, so that what fails before has a status of its own. Throws
  /// ApiError; returns false if `is_connected` says that the client has gone.
  [[nodiscard]] bool begin(const std::function<bool()>& is_connected);

  /// Waits for all answers. Throws ApiError; null if the client has gone.
  [[nodiscard]] std::unique_ptr<WholeReply> whole(const std::function<bool()>& is_connected);

  /// Waits for the next events of the stream, at most so long, and appends them. Returns whether
  /// more can come.
  bool stream(std::string& events, std::chrono::milliseconds most);

 private:
  struct Answer {
    std::size_t index;
    std::shared_ptr<Mailbox> mailbox;
    CallReader calls;
    ShownRecords records;
    std::optional<LogprobText> text;
    News pending = {};  // not shown yet
    Ending ending = Ending::cancelled;
    std::string problem = {};
    Usage usage = {};
    ShownRecords::Shown shown = {};
    std::size_t called = 0;
    bool is_cut = false;       // its content is not all of its text
    bool has_begun = false;    // its prompt is being read
    bool has_started = false;  // its stream has the first chunk
    bool has_ended = false;
    bool is_told = false;  // its stream has the last chunk
  };

  void take_news(std::chrono::milliseconds most);
  static void take(Answer& answer, News news);
  [[nodiscard]] bool has_ended() const;
  void require_success() const;
  [[nodiscard]] AnswerPart part(Answer& answer);
  [[nodiscard]] TokenRecords records(Answer& answer) const;
  void add_events(Answer& answer, std::string& events);
  [[nodiscard]] Usage usage() const;

  Taken taken_;
  std::deque<Answer> answers_;
  std::size_t called_ = 0;  // of all answers
};

}  // namespace ringlet::serve
