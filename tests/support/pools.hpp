// Pools as tests want them: memory of exactly the planned size, filled with garbage first.
#pragma once

#include <gtest/gtest.h>

#include "ringlet/pool.hpp"
#include "support/aligned.hpp"
#include "support/kernel_sets.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {

/// A pool with its own memory. Fails the test if it cannot be created.
struct LivePool {
  LivePool(const Model& model, const PoolConfig& config, const Team& team = {},
           const KernelSet& kernels = *kernel_sets().front())
      : memory(static_cast<std::size_t>(plan(model, config)->total()), std::byte{0xFF}) {
    const Result<Pool> created = Pool::create(model, config, memory.span(), kernels, team);
    EXPECT_TRUE(created.ok()) << line(created.status());
    pool = *created;
  }

  AlignedBytes memory;
  Pool pool;
};

}  // namespace ringlet::test
