// What is not an image of this model and configuration is refused: the error names the field, with
// what the image has and what the session has, and the session is as it was.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "session/image_head.hpp"
#include "support/images.hpp"

namespace ringlet::test {
namespace {

constexpr Config base = {
    .context = 60, .sinks = 4, .kv = KvFormat::int4, .hot_window = 16, .prefill_chunk = 8};

Recipe recipe(std::uint64_t seed = 1) {
  Recipe recipe{.architecture = small_architecture(), .seed = seed};
  recipe.architecture.context = 200;
  return recipe;
}

class ImageRefusal : public testing::Test {
 protected:
  ImageRefusal() {
    prefill_in_pieces(live.session, std::span(tokens).first(30), 8);
    image = image_of(live.session);
    prefill_in_pieces(live.session, std::span(tokens).subspan(30, 120), 8);
    wrapped = image_of(live.session);
  }

  /// Restores into a session of its own that holds something, and checks that a refusal changed
  /// nothing.
  Status restore(std::span<const std::byte> bytes, const Config& config, const Model& model) {
    LiveSession other(model, config);
    LiveSession undisturbed(model, config);
    prefill_in_pieces(other.session, std::span(tokens).first(50), 8);
    prefill_in_pieces(undisturbed.session, std::span(tokens).first(50), 8);
    auto sampler = *Sampler::create({.seed = 77}, 48, other.session.sampler_workspace());
    sampler.observe(5);
    const std::vector<float> before = logits_of(other.session);
    const Status status = other.session.restore(bytes, &sampler);
    if (status.ok()) return status;
    EXPECT_EQ(other.session.position(), 50U);
    EXPECT_TRUE(same_bits(before, other.session.logits()));
    EXPECT_EQ(sampler.recent_count(), 1U);
    EXPECT_EQ(sampler.place().seed, 77U);
    const auto rest = std::span(tokens).subspan(50, 30);
    EXPECT_EQ(digest_of_steps(other.session, rest), digest_of_steps(undisturbed.session, rest));
    return status;
  }
  Status restore(std::span<const std::byte> bytes, const Config& config = base) {
    return restore(bytes, config, file.model);
  }

  /// A refusal that names `where` and both numbers.
  void expect(const Status& status, ErrorCode code, const char* where, std::uint64_t in_image,
              std::uint64_t in_session) {
    EXPECT_EQ(status.code(), code) << line(status);
    EXPECT_STREQ(status.where(), where) << line(status);
    EXPECT_EQ(status.needed(), in_image) << line(status);
    EXPECT_EQ(status.actual(), in_session) << line(status);
  }

  LoadedModel file{recipe(), all_int8};
  std::vector<TokenId> tokens = random_tokens(300, 48, 5);
  LiveSession live{file.model, base};
  AlignedBytes image;    // of 30 tokens: nothing has wrapped but the hot tier
  AlignedBytes wrapped;  // of 150
};

TEST_F(ImageRefusal, AnotherModel) {
  const LoadedModel other{recipe(2), all_int8};
  expect(restore(image.span(), base, other.model), ErrorCode::invalid_argument, "model",
         file.model.hash(), other.model.hash());
}

TEST_F(ImageRefusal, AnotherConfiguration) {
  const auto refused = [&](const AlignedBytes& bytes, const auto& change) {
    Config config = base;
    change(config);
    const Status status = restore(bytes.span(), config);
    EXPECT_EQ(status.code(), ErrorCode::invalid_argument) << line(status);
    return line(status);
  };
  EXPECT_EQ(refused(image, [](Config& c) { c.sinks = 5; }),
            "sinks: differ from the image's; use as many (needed 4, got 5)");
  EXPECT_EQ(refused(image, [](Config& c) { c.hot_window = 20; }),
            "hot_window: differs from the image's; use the same (needed 16, got 20)");
  EXPECT_EQ(refused(image, [](Config& c) { c.kv = KvFormat::int8; }),
            "kv[0]: must be int4 for this image");
  EXPECT_EQ(
      refused(image, [](Config& c) { c.context = 29; }),
      "context: differs from the image's, and the image does not fit; use the same (needed 60, "
      "got 29)");
  EXPECT_EQ(
      refused(wrapped, [](Config& c) { c.context = 61; }),
      "context: differs from the image's, and the image does not fit; use the same (needed 60, "
      "got 61)");
  EXPECT_EQ(refused(wrapped, [](Config& c) { c.hot_window = 40, c.prefill_chunk = 40; }),
            "hot_window: differs from the image's; use the same (needed 16, got 40)");
}

TEST_F(ImageRefusal, AChunkThatGivesTheRingOtherSlots) {
  Config eight = base;
  eight.kv = KvFormat::int8;
  Config forty = eight;
  forty.prefill_chunk = 40;
  LiveSession short_one(file.model, eight);
  prefill_in_pieces(short_one.session, std::span(tokens).first(60), 8);
  EXPECT_TRUE(restore(image_of(short_one.session).span(), forty).ok()) << "nothing has wrapped";
  prefill_in_pieces(short_one.session, std::span(tokens).subspan(60, 20), 8);
  expect(restore(image_of(short_one.session).span(), forty), ErrorCode::invalid_argument,
         "prefill_chunk", 8, 40);
}

TEST_F(ImageRefusal, EverythingFitsIntoALongerContextAndIntoAShorterOneThatHoldsIt) {
  Config one_tier = base;
  one_tier.kv = KvFormat::f16;
  LiveSession original(file.model, one_tier);
  prefill_in_pieces(original.session, std::span(tokens).first(50), 8);
  const AlignedBytes saved = image_of(original.session);
  for (const std::uint32_t context : {50U, 51U, 100U, 200U}) {
    Config other = one_tier;
    other.context = context;
    LiveSession restored(file.model, other);
    LiveSession straight(file.model, other);
    const Status status = restored.session.restore(saved.span());
    ASSERT_TRUE(status.ok()) << line(status);
    prefill_in_pieces(straight.session, std::span(tokens).first(50), 8);
    const auto rest = std::span(tokens).subspan(50, 150);
    EXPECT_EQ(digest_of_steps(restored.session, rest), digest_of_steps(straight.session, rest));
  }
  one_tier.context = 49;
  EXPECT_STREQ(restore(saved.span(), one_tier).where(), "context");
}

TEST_F(ImageRefusal, AnotherVersion) {
  set_head<std::uint32_t>(image, schema::Image::VT_VERSION, image_version + 1);
  expect(restore(image.span()), ErrorCode::unsupported, "version", image_version,
         image_version + 1);
}

TEST_F(ImageRefusal, ImpossibleNumbers) {
  using Head = schema::Image;
  const auto where = [&](const AlignedBytes& of, flatbuffers::voffset_t slot, auto value) {
    AlignedBytes edited = of;
    set_head(edited, slot, value);
    const Status status = restore(edited.span());
    EXPECT_EQ(status.code(), ErrorCode::invalid_image) << line(status);
    return std::string(status.where());
  };
  const auto number = [](std::uint32_t value) { return value; };
  const auto large = [](std::uint64_t value) { return value; };
  EXPECT_EQ(where(image, Head::VT_CONTEXT, number(0)), "context");
  EXPECT_EQ(where(image, Head::VT_CONTEXT, number(0xFFFFFFFF)), "context");
  EXPECT_EQ(where(image, Head::VT_CONTEXT, number(4)), "context");
  EXPECT_EQ(where(image, Head::VT_SINKS, number(0xFFFFFFFF)), "context");
  EXPECT_EQ(where(image, Head::VT_HOT_WINDOW, number(0)), "hot_window");
  EXPECT_EQ(where(image, Head::VT_HOT_WINDOW, number(0xFFFFFFFF)), "hot_window");
  EXPECT_EQ(where(image, Head::VT_PREFILL_CHUNK, number(0)), "prefill_chunk");
  EXPECT_EQ(where(image, Head::VT_PREFILL_CHUNK, number(0xFFFFFFFF)), "prefill_chunk");
  EXPECT_EQ(where(image, Head::VT_POSITION, large(31)), "position") << "further than written";
  EXPECT_EQ(where(image, Head::VT_WRITTEN, large(29)), "position");
  EXPECT_EQ(where(image, Head::VT_WRITTEN, ~large(0)), "position");
  EXPECT_EQ(where(wrapped, Head::VT_POSITION, large(100)), "position") << "forgotten since";
  EXPECT_EQ(where(image, Head::VT_POSITION, large(0)), "image") << "planes of another size";
  EXPECT_EQ(where(image, Head::VT_LOGITS, number(47)), "logits");
  EXPECT_EQ(where(image, Head::VT_LOGITS, number(0)), "image") << "planes of another size";
  EXPECT_EQ(where(image, Head::VT_PLANES, large(0)), "image");
  EXPECT_EQ(where(image, Head::VT_PLANES, ~large(0)), "image") << "overflows";
}

TEST_F(ImageRefusal, TokensOutsideTheVocabulary) {
  auto sampler = *Sampler::create({}, 48, live.session.sampler_workspace());
  sampler.observe(47);
  AlignedBytes with_sampler = image_of(live.session, &sampler);
  EXPECT_TRUE(restore(with_sampler.span()).ok());
  const auto* head = schema::GetSizePrefixedImage(with_sampler.data());
  auto* recent = const_cast<flatbuffers::Vector<std::uint32_t>*>(head->sampler()->recent());
  recent->Mutate(0, 48);
  seal_image(with_sampler.span());
  EXPECT_STREQ(restore(with_sampler.span()).where(), "sampler");
}

TEST_F(ImageRefusal, NumbersThatNoCacheHolds) {
  struct Case {
    KvFormat kv;
    std::uint16_t bits;  // in the last two bytes of the newest position's page
    const char* what;
  };
  const char* number = "of the image have a number that no cache holds";
  for (const Case& c : {Case{KvFormat::f32, 0x7F80, number}, Case{KvFormat::f32, 0xFFC0, number},
                        Case{KvFormat::f16, 0x7C00, number}, Case{KvFormat::f16, 0xFE01, number},
                        Case{KvFormat::int8, 0x7C00,
                             "of the image have a scale that is denormal or "
                             "not finite"},
                        Case{KvFormat::int8, 0x8001,
                             "of the image have a scale that is denormal or "
                             "not finite"}}) {
    Config config = base;
    config.kv = c.kv;
    LiveSession source(file.model, config);
    ASSERT_TRUE(source.session.prefill(std::span(tokens).first(30)).ok());
    AlignedBytes bytes = image_of(source.session);
    constexpr std::size_t after = 8 + 192;  // the checksums and the logits
    std::memcpy(bytes.data() + bytes.size() - after - 2, &c.bits, 2);
    seal_image(bytes.span());
    const Status status = restore(bytes.span(), config);
    EXPECT_EQ(status.code(), ErrorCode::invalid_image) << line(status);
    EXPECT_STREQ(status.where(), "values") << line(status);
    EXPECT_EQ(status.index(), 1);
    EXPECT_STREQ(status.what(), c.what);
  }
}

TEST_F(ImageRefusal, CutAndExtended) {
  LiveSession other(file.model, base);
  for (std::size_t size = 0; size < image.size(); size += size < 400 ? 1 : 37) {
    // A copy of exactly that size, so that a sanitizer sees the first byte beyond.
    const AlignedBytes part(std::span<const std::byte>(image.data(), size));
    const Status status = other.session.restore(part.span());
    ASSERT_EQ(status.code(), ErrorCode::invalid_image) << size << line(status);
    ASSERT_STREQ(status.where(), "image");
    if (size > 64) {
      ASSERT_TRUE(std::string(status.what()).starts_with("is truncated")) << size << line(status);
      ASSERT_EQ(status.actual(), size);
    }
    ASSERT_FALSE(image_info(part.span()).ok());
  }
  AlignedBytes longer(image.size() + 1);
  std::memcpy(longer.data(), image.data(), image.size());
  EXPECT_STREQ(restore(longer.span()).what(), "has bytes after its end");
}

TEST_F(ImageRefusal, EveryFlippedBit) {
  LiveSession other(file.model, base);
  for (std::size_t i = 0; i < image.size(); i += i < 600 || i + 60 > image.size() ? 1U : 13U) {
    AlignedBytes damaged = image;
    damaged[i] ^= static_cast<std::byte>(1U << i % 8);
    const Status status = other.session.restore(damaged.span());
    ASSERT_FALSE(status.ok()) << "byte " << i;
    ASSERT_EQ(other.session.position(), 0U);
  }
  AlignedBytes damaged = image;
  damaged[image.size() - 100] ^= std::byte{1};
  const Status status = restore(damaged.span());
  EXPECT_EQ(status.code(), ErrorCode::checksum_mismatch);
  EXPECT_EQ(line(status), "image: is damaged (checksum of its planes differs)");
}

TEST_F(ImageRefusal, OtherFiles) {
  const AlignedBytes zeros(1000);
  const AlignedBytes noise(1000, std::byte{0xA5});
  for (const auto bytes : {zeros.span(), noise.span(), std::as_const(file.bytes).span()}) {
    const Status status = restore(bytes);
    EXPECT_EQ(line(status), "image: is not the image of a session (its first bytes differ)");
  }
  EXPECT_EQ(restore({}).code(), ErrorCode::invalid_image);
}

TEST_F(ImageRefusal, AnOddAddress) {
  AlignedBytes shifted(image.size() + 8);
  std::memcpy(shifted.data() + 8, image.data(), image.size());
  EXPECT_TRUE(restore(shifted.span().subspan(8)).ok());
  std::memcpy(shifted.data() + 4, image.data(), image.size());
  EXPECT_EQ(line(restore(shifted.span().subspan(4, image.size()))),
            "image: must lie at an address that is a multiple of 8; copy it to one");
}

}  // namespace
}  // namespace ringlet::test
