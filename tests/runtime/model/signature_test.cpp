// Models that must be signed. The signature here is the SHA-256 of the signed part: these tests
// show what a signature covers, not how strong it is.
#include "ringlet/signature.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "base/sha256.hpp"
#include "editable_generated.h"
#include "ringlet/ringlet.h"
#include "schema/ringlet_generated.h"
#include "support/model_image.hpp"
#include "support/sessions.hpp"

namespace ringlet::test {
namespace {

/// A signature over an image, and the check that an application would bring.
struct Signature {
  explicit Signature(const AlignedBytes& image) : hash(sha256(*signed_part(image.span()))) {}

  static bool accepts(void* user_data, std::span<const std::byte> part) {
    auto& self = *static_cast<Signature*>(user_data);
    ++self.calls;
    return sha256(part) == self.hash;
  }
  [[nodiscard]] SignatureCheck check() { return {accepts, this}; }

  Sha256Hash hash;
  int calls = 0;
};

AlignedBytes make_image() {
  Recipe recipe{.architecture = small_architecture(), .key_bias = 0.5F};
  return write_image(recipe, {.weights = MatrixFormat::int4, .embedding = MatrixFormat::f16});
}

TEST(Signature, AnAcceptedFileOpensAndIsVerified) {
  const AlignedBytes image = make_image();
  Signature signature(image);
  const Result<Model> model = open_signed(image.span(), signature.check());
  ASSERT_TRUE(model.ok()) << line(model.status());
  EXPECT_EQ(signature.calls, 1);
  const Status verified = model->verify_data();
  EXPECT_TRUE(verified.ok()) << line(verified);
  EXPECT_EQ(model->hash(), Model::open(image.span())->hash());
}

TEST(Signature, CoversEveryByteBeforeTheDataSegment) {
  AlignedBytes image = make_image();
  Signature signature(image);
  const std::size_t size = signed_part(image.span())->size();
  for (std::size_t i = 0; i < size; i += i < 64 ? 1 : 37) {
    image[i] ^= std::byte{1};
    EXPECT_FALSE(open_signed(image.span(), signature.check()).ok()) << i;
    image[i] ^= std::byte{1};
  }
  // Whoever changes the tables can put the checksums right, and not the signature.
  image[size - 1] ^= std::byte{1};
  seal(image.span());
  EXPECT_EQ(open_signed(image.span(), signature.check()).status().code(), ErrorCode::not_trusted);
}

/// Changes 33 bits so that no CRC32C notices: adds the generator polynomial itself.
void forge(std::span<std::byte> plane) {
  constexpr std::uint64_t generator = 0x11EDC6F41;
  for (std::size_t bit = 0; bit <= 32; ++bit) {
    const auto value = static_cast<unsigned>(generator >> (32 - bit) & 1U);
    plane[bit / 8] ^= static_cast<std::byte>(value << bit % 8);
  }
}

TEST(Signature, CoversPlanesThatAChecksumWouldLetPass) {
  AlignedBytes image = make_image();
  Signature signature(image);
  const Result<Model> model = open_signed(image.span(), signature.check());
  ASSERT_TRUE(model.ok());
  const schema::Matrix& wq = *model->tables()->layers()->Get(1)->wq();
  const std::size_t data = image.size() - model->data().size();
  forge(image.span().subspan(data + wq.codes_offset() + 5));
  EXPECT_TRUE(Model::open(image.span())->verify_data().ok()) << "CRC32C is fooled";
  const Status status = open_signed(image.span(), signature.check())->verify_data();
  EXPECT_EQ(status.code(), ErrorCode::checksum_mismatch);
  EXPECT_STREQ(status.where(), "layers.wq");
  EXPECT_EQ(status.index(), 1);
}

TEST(Signature, AFileWithoutHashesIsNotCovered) {
  const AlignedBytes image = make_image();
  for (const int which : {0, 1, 2}) {
    const AlignedBytes bare = with_tables(image, [which](test_schema::ModelT& model) {
      if (which == 0) model.layers[1]->wq->codes_sha256.reset();
      if (which == 1) model.layers[1]->wq->scales_sha256.reset();
      if (which == 2) model.final_norm->sha256.reset();
    });
    ASSERT_TRUE(Model::open(bare.span()).ok());
    Signature signature(bare);
    const Result<Model> model = open_signed(bare.span(), signature.check());
    EXPECT_EQ(model.status().code(), ErrorCode::not_trusted) << line(model.status());
  }
}

TEST(Signature, NoCheckIsNoTrust) {
  const AlignedBytes image = make_image();
  EXPECT_EQ(open_signed(image.span(), {}).status().code(), ErrorCode::not_trusted);
  EXPECT_FALSE(signed_part(image.span().first(63)).ok());
}

TEST(Signature, TheCInterfaceDoesTheSame) {
  const AlignedBytes image = make_image();
  const Sha256Hash hash = Signature(image).hash;
  const auto accepts = [](void* user_data, const void* part, std::size_t size) {
    return sha256({static_cast<const std::byte*>(part), size}) ==
           *static_cast<const Sha256Hash*>(user_data);
  };
  Sha256Hash expected = hash;
  const ringlet_signature_check check = {accepts, &expected};
  ringlet_bytes part{};
  ASSERT_EQ(ringlet_model_signed_part(image.data(), image.size(), &part).code, RINGLET_OK);
  EXPECT_EQ(part.size, signed_part(image.span())->size());
  ringlet_model model;
  EXPECT_EQ(ringlet_model_open_signed(&model, image.data(), image.size(), &check).code, RINGLET_OK);
  EXPECT_EQ(ringlet_model_verify_data(&model, nullptr, nullptr).code, RINGLET_OK);
  expected[0] ^= 1;
  EXPECT_EQ(ringlet_model_open_signed(&model, image.data(), image.size(), &check).code,
            RINGLET_NOT_TRUSTED);
}

}  // namespace
}  // namespace ringlet::test
