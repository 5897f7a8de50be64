#include "session/branches.hpp"

#include <algorithm>
#include <new>

#include "base/invalid_argument.hpp"

namespace ringlet {
namespace {

// At least the sizes of Branches and BranchInfo, and the same for every width of pointers.
constexpr std::uint64_t object_bytes = 24 * sizeof(std::uint64_t);
constexpr std::uint64_t info_bytes = 40;

/// The most pages of a tier that `tokens` consecutive positions lie in.
std::uint32_t pages_of(std::uint64_t tokens) {
  return static_cast<std::uint32_t>((tokens + page::positions - 1) / page::positions) + 1;
}

std::uint64_t aligned_entries(const PageStore::Sizes& sizes) {
  return MemoryPlan::aligned(sizes.entries * sizeof(PageStore::Entry)) / sizeof(PageStore::Entry);
}

}  // namespace

std::uint64_t Branches::table_bytes(const PageStore::Sizes& sizes,
                                    const Sharing& sharing) noexcept {
  return MemoryPlan::aligned(object_bytes) + MemoryPlan::aligned(sizes.places) +
         MemoryPlan::aligned(sizes.counts) + MemoryPlan::aligned(sharing.seats() * info_bytes) +
         sharing.branches * aligned_entries(sizes) * sizeof(PageStore::Entry);
}

Branches::Branches(std::span<const LayerCache> layers, const Model& model, const Sharing& sharing,
                   const Arena& arena) noexcept
    : sessions_(sharing.sessions), branches_(sharing.branches) {
  static_assert(sizeof(Branches) <= object_bytes && sizeof(BranchInfo) <= info_bytes);
  const PageStore::Sizes sizes = PageStore::sizes(layers, model, sharing.branch_pages);
  std::byte* at = arena.bytes(SectionId::branch_tables).data();
  const auto take = [&](std::uint64_t bytes) {
    std::byte* part = at;
    at += static_cast<std::size_t>(MemoryPlan::aligned(bytes));
    return part;
  };
  (void)take(object_bytes);  // this object
  std::byte* places = take(sizes.places);
  std::byte* counts = take(sizes.counts);
  store_ = PageStore(layers, model, sharing.branch_pages,
                     arena.bytes(SectionId::branch_pages).data(), places, counts);
  infos_ = reinterpret_cast<BranchInfo*>(take(sharing.seats() * info_bytes));
  for (std::uint32_t i = 0; i < sharing.seats(); ++i) new (&infos_[i]) BranchInfo;
  tables_ = reinterpret_cast<PageStore::Entry*>(at);
  entries_ = static_cast<std::size_t>(aligned_entries(sizes));
}

Status Branches::check(std::uint32_t session, std::uint64_t position,
                       std::uint64_t tokens) const noexcept {
  const BranchInfo& its = info(session);
  if (its.branches > 0) {
    return invalid_argument("session", "has branches that read its cache; reset them first")
        .got(its.branches);
  }
  if (!is_branch(session)) return {};
  if (!its.is_begun) return invalid_argument("session", "a branch; begin it with Pool::fork");
  if (tokens > its.limit - position) {
    return Status(ErrorCode::out_of_range, "tokens", "more than the branch was forked for")
        .at_most(its.limit, position + tokens);
  }
  return {};
}

template <typename Visit>
void Branches::for_each_entry(std::uint32_t branch, Visit visit) noexcept {
  for (std::uint32_t layer = 0; layer < store_.layers().size(); ++layer) {
    for (const Region region : {Region::hot, Region::cold}) {
      const std::uint32_t pages = page::count(store_.layers()[layer].region(region).slots);
      for (std::uint32_t page = 0; page < pages; ++page) {
        visit(layer, region, table(branch)[store_.index(layer, region, page)]);
      }
    }
  }
}

Status Branches::begin(std::uint32_t from, const KvCache& cache, std::uint32_t to,
                       KvCache& its_cache, std::uint64_t position, std::uint32_t tokens) noexcept {
  // All pages of a branch that is forked are shared from now on, so it may have to copy them again.
  const std::uint32_t again = is_branch(from) ? pages_of(info(from).limit - position) : 0;
  std::uint64_t needed = std::uint64_t{store_.used()} + pages_of(tokens) + again;
  for (std::uint32_t i = sessions_; i < sessions_ + branches_; ++i) {
    if (i != from) needed += info(i).reserved;
  }
  if (needed > store_.capacity()) {
    return Status(ErrorCode::not_enough_memory, "branch_pages", "too few for this branch")
        .with(needed, store_.capacity());
  }
  const std::uint32_t root = is_branch(from) ? info(from).root : from;
  if (is_branch(from)) {
    std::copy_n(table(from), entries_, table(to));
    for_each_entry(to, [&](std::uint32_t layer, Region region, PageStore::Entry entry) {
      store_.share(layer, region, entry);
    });
    info(from).reserved = again;
  } else {
    std::fill_n(table(to), entries_, PageStore::Entry{0});
  }
  its_cache.branch(cache, store_, table(to));
  ++info(root).branches;
  info(to) = {.begins = position,
              .limit = position + tokens,
              .root = root,
              .reserved = pages_of(tokens),
              .branches = 0,
              .is_begun = true};
  return {};
}

void Branches::end(std::uint32_t branch) noexcept {
  if (!info(branch).is_begun) return;
  for_each_entry(branch, [&](std::uint32_t layer, Region region, PageStore::Entry entry) {
    store_.release(layer, region, entry);
  });
  --info(info(branch).root).branches;
  info(branch) = {};
}

bool Branches::own(std::uint32_t branch, KvCache& cache, std::uint32_t layer, Region region,
                   std::uint32_t page) noexcept {
  PageStore::Entry& entry = table(branch)[store_.index(layer, region, page)];
  if (!store_.is_shared(layer, region, entry)) return false;
  const PageStore::Entry own = store_.take(layer, region);
  const auto [kv_heads, head_dim] = store_.heads(layer);
  for (std::uint32_t head = 0; head < kv_heads; ++head) {
    copy_page(cache.locate(layer, region, head, page), store_.locate(layer, region, own, head),
              store_.layers()[layer].region(region).formats, head_dim);
  }
  store_.release(layer, region, entry);
  entry = own;
  return true;
}

void Branches::own(std::uint32_t branch, KvCache& cache, std::uint64_t position,
                   std::uint32_t tokens) noexcept {
  const std::uint32_t before = store_.used();
  bool took = false;
  for (std::uint32_t layer = 0; layer < store_.layers().size(); ++layer) {
    const RingGeometry& ring = store_.layers()[layer].ring;
    if (some_have_no_ring && ring.window == 0) continue;
    for (std::uint32_t done = 0; done < tokens; done += ring.max_tokens) {
      const std::uint32_t count = std::min(ring.max_tokens, tokens - done);
      const Demotion demotion = plan_demotion(ring, position + done, count);
      for (std::uint32_t i = 0; i < demotion.count; ++i) {
        std::uint32_t slot = demotion.first_cold_slot + i;
        if (slot >= ring.cold_slots()) slot -= ring.cold_slots();
        took |= own(branch, cache, layer, Region::cold, slot / page::positions);
      }
      for (const SlotSpan& span : plan_write(ring, position + done, count).hot) {
        for (std::uint32_t i = 0; i < span.count; ++i) {
          took |= own(branch, cache, layer, Region::hot, (span.slot + i) / page::positions);
        }
      }
    }
  }
  if (!took) return;
  const std::uint32_t taken = store_.used() - before;
  info(branch).reserved -= std::min(info(branch).reserved, taken);
}

}  // namespace ringlet
