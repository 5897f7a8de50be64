// A whole reply with log-probabilities, piece by piece: its text can be much larger than they are.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "serve/service/logprob_text.hpp"
#include "serve/service/record_room.hpp"

namespace ringlet::serve {

class WholeReply {
 public:
  /// The records of an answer, and how to write them.
  struct Answer {
    TokenRecords records;
    LogprobText text;
  };

  /// `reply` has the place of the log-probabilities of each answer, in order. The lease is for the
  /// records.
  WholeReply(std::string reply, std::vector<Answer> answers, RecordRoom::Lease lease)
      : reply_(std::move(reply)), answers_(std::move(answers)), lease_(std::move(lease)) {}

  /// Appends the next piece, and returns whether more comes.
  bool next(std::string& out);

 private:
  bool next_list(std::string& out);

  std::string reply_;
  std::vector<Answer> answers_;
  RecordRoom::Lease lease_;
  std::size_t written_ = 0;  // of the reply
  std::size_t answer_ = 0;
  std::size_t list_ = 0;    // of that answer
  std::size_t record_ = 0;  // of that list
};

}  // namespace ringlet::serve
