#include "support/images.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/crc32c.hpp"
#include "session/image_head.hpp"

namespace ringlet::test {

AlignedBytes image_of(const Session& session, const Sampler* sampler) {
  const Result<std::size_t> needed = session.save({}, sampler);
  EXPECT_EQ(needed.status().code(), ErrorCode::not_enough_memory) << line(needed.status());
  AlignedBytes image(static_cast<std::size_t>(needed.status().needed()), std::byte{0xCD});
  const Result<std::size_t> saved = session.save(image.span(), sampler);
  EXPECT_TRUE(saved.ok()) << line(saved.status());
  EXPECT_EQ(*saved, image.size());
  return image;
}

std::size_t head_bytes(std::span<const std::byte> image) {
  std::uint32_t size = 0;
  if (image.size() < sizeof(size) + sizeof(ImageChecksums)) return 0;
  std::memcpy(&size, image.data(), sizeof(size));
  return std::min(sizeof(size) + size, image.size() - sizeof(ImageChecksums));
}

void seal_image(std::span<std::byte> image) {
  if (image.size() < sizeof(ImageChecksums)) return;
  const std::size_t head = head_bytes(image);
  const std::size_t end = image.size() - sizeof(ImageChecksums);
  const ImageChecksums checksums{crc32c(image.first(head)),
                                 crc32c(image.subspan(head, end - head))};
  std::memcpy(image.data() + end, &checksums, sizeof(checksums));
}

}  // namespace ringlet::test
