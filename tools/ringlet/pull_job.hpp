// One pull: list, choose, look ahead, download, convert, record.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "common/progress_bar.hpp"
#include "pull/choose_files.hpp"
#include "pull/download.hpp"
#include "pull/hub.hpp"
#include "pull/model_store.hpp"
#include "pull_forecast.hpp"

namespace ringlet::cli {

struct PullOptions {
  std::string name;       // empty: the repository's
  std::string weights;    // empty: the converter's default
  std::string calibrate;  // own or none; empty: the converter's default
  bool keep_source = false;
  bool dry_run = false;
  bool yes = false;
  bool quiet = false;
};

class PullJob {
 public:
  PullJob(PullOptions options, pull::SourceName source, pull::HubSettings settings);

  /// Throws port::Failure, or pull::Interrupted. What has arrived stays for the next run.
  void run();

 private:
  [[nodiscard]] bool is_up_to_date() const;
  void run_locked();
  void prepare();
  void download(const std::vector<pull::RemoteFile>& files);
  void remove_strangers();
  void look_ahead(std::uint64_t here);
  [[nodiscard]] std::uint64_t present(const std::vector<pull::RemoteFile>& files);
  [[nodiscard]] std::string write_outline();
  void convert();
  void record() const;
  [[nodiscard]] std::vector<std::string> converter_options() const;
  [[nodiscard]] std::string folder() const { return store_.source_folder(name_); }
  void note(const std::string& line);
  void show(const pull::RemoteFile& file, std::uint64_t bytes);

  PullOptions options_;
  pull::SourceName source_;
  pull::ModelStore store_;
  pull::Hub hub_;
  pull::Repository repository_;
  pull::FileChoice choice_;
  std::string name_;
  common::ProgressBar bar_;
  std::map<std::string, std::uint64_t> arrived_;  // bytes of each file
  std::uint64_t arrived_sum_ = 0;
};

}  // namespace ringlet::cli
