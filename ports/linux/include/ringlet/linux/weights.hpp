// Where a program reads a model's weights from: the mapped file, or a copy in huge pages.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <thread>

#include "ringlet/linux/files.hpp"
#include "ringlet/model.hpp"
#include "ringlet/status.hpp"

namespace ringlet::port {

enum class WeightsIn : std::uint8_t {
  automatic,  // a copy if that makes decoding faster and there is memory for it
  map,        // the pages of the file
  copy,       // a copy, whatever it gains: it also guards against changes of the file
};

/// Replaces the mapping of a model file by a copy in huge pages, while sessions already decode from
/// the mapping. Most kernels map files in pages of 4 KiB, whose translations limit how fast a core
/// reads weights.
///
/// A thread of low priority copies the file, verifies the copy as Model::open and
/// Model::verify_data do, and moves it to the address of the mapping in one system call. No address
/// changes, so sessions, accelerators and views need not know; whoever reads meanwhile sees one or
/// the other, with the same bytes. After that, changes of the file no longer reach the program.
///
/// With `automatic`, the file stays where it is if it is small, lies in huge pages already, would
/// take more than half of the memory that is available, or if the kernel has no huge pages.
class WeightsCopy {
 public:
  struct Options {
    WeightsIn in = WeightsIn::automatic;
    std::uint64_t most_bytes = std::numeric_limits<std::uint64_t>::max();  // that a copy may take
  };

  /// Smaller files stay where they are with `automatic`: all their translations fit into a
  /// processor's second-level buffer.
  static constexpr std::uint64_t least_automatic_bytes = std::uint64_t{8} << 20;

  enum class State : std::uint8_t {
    mapped,   // the weights are in the file's pages, and stay there
    copying,  // a copy is being made, while sessions read the file's pages
    copied,   // they are in memory of this process
    damaged,  // the file is not what was written, or has been changed: see status()
  };

  /// Begins. `file` is what `model` views, and must outlive this object. Throws Failure if a copy
  /// is asked for and there is no memory for it.
  WeightsCopy(const MappedFile& file, const Model& model, const Options& options);
  WeightsCopy(const WeightsCopy&) = delete;
  WeightsCopy& operator=(const WeightsCopy&) = delete;
  /// Ends the copy if it is not complete. The weights stay where they are.
  ~WeightsCopy();

  [[nodiscard]] State state() const noexcept { return state_.load(std::memory_order_acquire); }

  /// What is wrong with the file, while state() is damaged.
  [[nodiscard]] const Status& status() const noexcept { return status_; }

  /// Waits until the state is not copying.
  void wait();

  /// How many bytes of the model lie in huge pages now.
  [[nodiscard]] std::uint64_t huge_bytes() const;

  /// Where the weights are now, for people: "in a copy (after 45 ms; 84 of 84 MiB in huge pages)",
  /// "in the file's pages (less than 8 MiB)".
  [[nodiscard]] std::string describe() const;

 private:
  [[nodiscard]] const char* reason_to_stay(const Options& options) const;
  void run(const Options& options);
  const char* copy(const Options& options);
  [[nodiscard]] bool read_file(std::span<std::byte> out) const;
  [[nodiscard]] Status verify(std::span<const std::byte> bytes) const;
  void stay(const char* reason);

  std::span<std::byte> mapping_;
  int descriptor_;
  Model model_;
  std::uint64_t hash_;
  const char* reason_ = "";  // why the weights stay in the file
  Status status_;
  std::uint64_t nanoseconds_ = 0;
  std::atomic<State> state_{State::copying};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace ringlet::port
