// The whole library on models in the image: verified in place and decoded in static memory, with
// the same digests of logits as on a workstation.
#include <gtest/gtest.h>

#include "device/buffers.hpp"
#include "device/models.hpp"
#include "device/sets.hpp"
#include "ringlet/digest.hpp"

namespace ringlet::test {
namespace {

Buffer<std::byte, std::size_t{1024} * 1024> memory;

void compare_digest(const DeviceModel& device, const Model& model, const BundledDigest& golden,
                    const KernelSet& set) {
  memory.spoil();
  Config config = bundled_digest_config;
  config.kv = golden.kv;
  auto session = Session::create(model, config, memory.value, set);
  ASSERT_TRUE(session.ok()) << session.status().what();
  // Token by token and in chunks, in turn.
  const std::uint32_t chunk = golden.kv == KvFormat::int8 ? 1 : 16;
  const auto value = digest(*session, {.tokens = 128, .chunk = chunk});
  ASSERT_TRUE(value.ok()) << value.status().what();
  EXPECT_EQ(*value, golden.value) << device.name << " " << set.name << " " << name_of(golden.kv);
}

TEST(DeviceModel, AreIntact) {
  for (const DeviceModel& device : device_models) {
    const auto model = Model::open(device.bytes);
    ASSERT_TRUE(model.ok()) << device.name << " " << model.status().what();
    EXPECT_TRUE(model->verify_data().ok()) << device.name;
  }
}

TEST(DeviceModel, HaveTheGoldenDigests) {
  for (const DeviceModel& device : device_models) {
    const auto model = Model::open(device.bytes);
    ASSERT_TRUE(model.ok()) << device.name << " " << model.status().what();
    for (const KernelSet* set : kernel_sets()) {
      for (const BundledDigest& golden : device.digests) {
        // Scalar is slow; that its kernels are the same is tested one by one.
        const bool first = &device == device_models && golden.kv == KvFormat::int8;
        if (set == &scalar_kernels() && !first) continue;
        compare_digest(device, *model, golden, *set);
      }
    }
  }
}

}  // namespace
}  // namespace ringlet::test
