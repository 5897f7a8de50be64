// The branches of a pool: which session each belongs to, how far it may go, and its own pages.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cache/kv_cache.hpp"
#include "cache/page_store.hpp"
#include "memory/arena.hpp"
#include "ringlet/status.hpp"
#include "session/plan.hpp"

namespace ringlet {

/// What a pool knows of each session and branch.
struct BranchInfo {
  std::uint64_t begins = 0;    // of a branch: the position at which it was forked
  std::uint64_t limit = 0;     // of a branch: the position that it may reach
  std::uint32_t root = 0;      // of a branch: the session whose ring it reads
  std::uint32_t reserved = 0;  // of a branch: pages that it may still take from the store
  std::uint32_t branches = 0;  // of a session: branches that read its ring
  bool is_begun = false;       // of a branch
};

/// The store, the tables and the infos, in the sections "branch pages" and "branch tables".
class Branches {
 public:
  /// Size in bytes of the section "branch tables".
  [[nodiscard]] static std::uint64_t table_bytes(const PageStore::Sizes& sizes,
                                                 const Sharing& sharing) noexcept;

  Branches(std::span<const LayerCache> layers, const Model& model, const Sharing& sharing,
           const Arena& arena) noexcept;

  [[nodiscard]] BranchInfo& info(std::uint32_t session) const noexcept { return infos_[session]; }
  [[nodiscard]] bool is_branch(std::uint32_t session) const noexcept {
    return session >= sessions_;
  }

  /// Checks that a session may append tokens at `position`, and that a branch has been begun.
  [[nodiscard]] Status check(std::uint32_t session, std::uint64_t position,
                             std::uint64_t tokens) const noexcept;

  /// Begins branch `to` of `from`, which is at `position`, for at most `tokens` more. Error:
  /// not_enough_memory, with the number of pages that the store would need.
  Status begin(std::uint32_t from, const KvCache& cache, std::uint32_t to, KvCache& its_cache,
               std::uint64_t position, std::uint32_t tokens) noexcept;

  /// Ends a branch, which gives its pages back.
  void end(std::uint32_t branch) noexcept;

  /// Gives a branch its own copy of every page that a pass over `tokens` positions from `position`
  /// on writes. The reserve of the branch has room for them.
  void own(std::uint32_t branch, KvCache& cache, std::uint64_t position,
           std::uint32_t tokens) noexcept;

 private:
  [[nodiscard]] PageStore::Entry* table(std::uint32_t branch) const noexcept {
    return tables_ + (branch - sessions_) * entries_;
  }
  /// Returns whether the page was shared until now.
  bool own(std::uint32_t branch, KvCache& cache, std::uint32_t layer, Region region,
           std::uint32_t page) noexcept;
  template <typename Visit>
  void for_each_entry(std::uint32_t branch, Visit visit) noexcept;

  PageStore store_;
  BranchInfo* infos_;
  PageStore::Entry* tables_;
  std::size_t entries_;  // of a table
  std::uint32_t sessions_;
  std::uint32_t branches_;
};

}  // namespace ringlet
