// Homes in flash: good ones, those of something else, and hostile ones.
#include "home.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "grammar/grammar_file.hpp"
#include "ringlet/ringlet.hpp"
#include "support/aligned.hpp"
#include "support/grammars.hpp"
#include "support/model_image.hpp"

namespace ringlet::port {
namespace {

using test::AlignedBytes;
using Bytes = std::vector<std::byte>;

constexpr std::uint32_t home_tokens = 6;
constexpr std::uint32_t window = 20;

Config config_of(std::uint32_t sinks) {
  Config config;
  config.context = sinks + window;
  config.sinks = sinks;
  config.prefill_chunk = 4;
  return config;
}

/// As make_home.py packs a home.
Bytes pack(const Bytes& prefix, const Bytes& lists) {
  const std::array<std::uint32_t, 4> header = {0x484C4752, 1,
                                               static_cast<std::uint32_t>(prefix.size()),
                                               static_cast<std::uint32_t>(lists.size())};
  const std::size_t lists_at = 64 + (prefix.size() + 63) / 64 * 64;
  Bytes bytes(lists_at + lists.size());
  std::memcpy(bytes.data(), header.data(), sizeof header);
  std::ranges::copy(prefix, bytes.begin() + 64);
  std::ranges::copy(lists, bytes.begin() + static_cast<std::ptrdiff_t>(lists_at));
  return bytes;
}

class HomeInFlash : public testing::Test {
 protected:
  void SetUp() override {
    grammar_bytes_ = AlignedBytes(grammar::write_grammar(test::lists_grammar()));
    grammar_ = *Grammar::open(grammar_bytes_.span());
  }

  /// The snapshot of a session that has read some tokens.
  [[nodiscard]] Bytes prefix(std::uint32_t sinks, std::uint32_t tokens) const {
    const Config config = config_of(sinks);
    AlignedBytes memory(static_cast<std::size_t>(plan(model_, config)->total()));
    Session session = *Session::create(model_, config, memory.span(), scalar_kernels());
    const std::vector<TokenId> text(tokens, 1);
    EXPECT_TRUE(session.prefill(text).ok());
    AlignedBytes out(static_cast<std::size_t>(*snapshot_bytes(model_, config)));
    const std::size_t size = *session.save(out.span());
    return {out.data(), out.data() + size};
  }

  [[nodiscard]] static Bytes lists() {
    return grammar::write_words({{"rooms", {"kitchen"}}, {"scenes", {}}});
  }

  /// "home.prefix: made with …", or nothing for a home that opens.
  [[nodiscard]] std::string error_of(const Bytes& flash) const {
    const AlignedBytes aligned{std::span<const std::byte>(flash)};
    const Result<Home> home = open_home(aligned.span(), model_, grammar_);
    if (home.ok()) return {};
    std::array<char, 256> buffer;
    return std::string(describe(home.status(), buffer));
  }

  test::LoadedModel loaded_{{.architecture = test::small_architecture()}, test::all_int8};
  Model model_ = loaded_.model;
  AlignedBytes grammar_bytes_;
  Grammar grammar_;
};

TEST_F(HomeInFlash, OpensInPlace) {
  const Bytes snapshot = prefix(home_tokens, home_tokens);
  Bytes flash = pack(snapshot, lists());
  flash.resize(flash.size() + 1000, std::byte{0xFF});  // the rest of the region
  const AlignedBytes aligned{std::span<const std::byte>(flash)};
  const Result<Home> home = open_home(aligned.span(), model_, grammar_);
  ASSERT_TRUE(home.ok()) << home.status().what();
  EXPECT_EQ(home->prefix.data(), aligned.data() + 64);
  EXPECT_EQ(home->prefix.size(), snapshot.size());
  EXPECT_EQ(home->tokens, home_tokens);
  EXPECT_EQ(home->lists.count(), 2U);
}

TEST_F(HomeInFlash, HasASessionOfThePlannedMemory) {
  const AlignedBytes flash(pack(prefix(home_tokens, home_tokens), lists()));
  const Home home = *open_home(flash.span(), model_, grammar_);
  Config planned = config_of(3);
  planned.sinks_in_snapshot = true;
  const Result<Config> config = config_for(home, planned, model_);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->sinks, home_tokens);
  EXPECT_EQ(config->context, home_tokens + window);
  AlignedBytes memory(static_cast<std::size_t>(plan(model_, planned)->total()));
  Result<Session> session = Session::create(model_, *config, memory.span(), scalar_kernels());
  ASSERT_TRUE(session.ok()) << session.status().what();
  EXPECT_TRUE(session->restore(home.prefix).ok());
  EXPECT_EQ(session->position(), home_tokens);

  planned.context = model_.architecture().trained_context;
  const Status status = config_for(home, planned, model_).status();
  EXPECT_EQ(status.code(), ErrorCode::out_of_range);
  EXPECT_STREQ(status.where(), "home.prefix");
  EXPECT_EQ(status.needed(), 3U);
}

TEST_F(HomeInFlash, OfSomethingElseIsRefusedByName) {
  const Bytes good = prefix(home_tokens, home_tokens);
  EXPECT_EQ(error_of(Bytes(4096, std::byte{0xFF})).substr(0, 27), "home: none is in flash here");
  Bytes other_version = pack(good, lists());
  other_version[4] = std::byte{2};
  EXPECT_EQ(error_of(other_version), "home: has another version; make it again (needs 1, got 2)");
  EXPECT_EQ(error_of(pack(prefix(home_tokens, home_tokens + 1), lists())),
            "home.prefix: not pinned; make it with ringlet prefix --pin (needs 7, got 6)");
  const std::string other_grammar =
      "home.lists: made for another grammar; make the home again with this one";
  for (const std::vector<grammar::NamedWords>& others :
       {std::vector<grammar::NamedWords>{{"rooms", {"kitchen"}}},
        std::vector<grammar::NamedWords>{{"rooms", {}}, {"scenes", {}}, {"beds", {}}}}) {
    EXPECT_EQ(error_of(pack(good, grammar::write_words(others))), other_grammar);
  }
  Bytes lists_damaged = pack(good, lists());
  lists_damaged.back() ^= std::byte{1};
  EXPECT_NE(error_of(lists_damaged).find("damaged"), std::string::npos);
}

TEST_F(HomeInFlash, OfAnotherModelIsRefusedByName) {
  const AlignedBytes flash(pack(prefix(home_tokens, home_tokens), lists()));
  const test::LoadedModel other({.architecture = test::small_architecture(), .seed = 2},
                                test::all_int8);
  const Status status = open_home(flash.span(), other.model, grammar_).status();
  EXPECT_EQ(status.code(), ErrorCode::invalid_argument);
  EXPECT_STREQ(status.where(), "home.prefix");
  EXPECT_STREQ(status.what(), "made with another model; make the home again with this one");
}

TEST_F(HomeInFlash, NoSizeLeadsOutOfTheFlash) {
  const Bytes good = pack(prefix(home_tokens, home_tokens), lists());
  const std::array<std::uint32_t, 8> sizes = {0, 1, 63, 64, 65, 0x7FFFFFFF, 0xFFFFFFC0, 0xFFFFFFFF};
  for (const std::uint32_t first : sizes) {
    for (const std::uint32_t second : sizes) {
      Bytes bad = good;
      std::memcpy(&bad[8], &first, sizeof first);
      std::memcpy(&bad[12], &second, sizeof second);
      EXPECT_NE(error_of(bad), "") << first << ' ' << second;
    }
  }
  for (std::size_t size = 0; size < good.size(); size += size < 128 ? 1 : 997) {
    EXPECT_NE(error_of(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))), "");
  }
}

}  // namespace
}  // namespace ringlet::port
