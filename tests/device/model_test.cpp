// The whole library on the bundled model: verified where it lies, decoded in static memory, and the
// digests of its logits are the workstation's.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/bundled_model.hpp"
#include "device/sets.hpp"
#include "golden/bundled_digests.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

Buffer<std::byte, std::size_t{1024} * 1024> memory;

void compare_digest(const Model& model, KvFormat kv, std::uint64_t expected, std::uint32_t chunk,
                    const KernelSet& set) {
  memory.spoil();
  Config config = bundled_digest_config;
  config.kv = kv;
  auto session = Session::create(model, config, memory.value, set);
  ASSERT_TRUE(session.ok()) << session.status().what();
  const auto value = digest(*session, {.tokens = 128, .chunk = chunk});
  ASSERT_TRUE(value.ok()) << value.status().what();
  EXPECT_EQ(*value, expected) << set.name << name_of(kv) << "chunk" << chunk;
}

TEST(DeviceModel, IsIntact) {
  const auto model = Model::open(bundled_model());
  ASSERT_TRUE(model.ok()) << model.status().what();
  EXPECT_TRUE(model->verify_data().ok());
}

TEST(DeviceModel, HasTheGoldenDigests) {
  const auto model = Model::open(bundled_model());
  ASSERT_TRUE(model.ok()) << model.status().what();
  for (const KernelSet* set : kernel_sets()) {
    for (const auto& [kv, expected] : bundled_digests) {
      compare_digest(*model, kv, expected, kv == KvFormat::int8 ? 1 : 16, *set);
    }
  }
}

}  // namespace
}  // namespace ringlet::test
