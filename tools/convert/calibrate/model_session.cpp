#include "calibrate/model_session.hpp"

#include <array>
#include <new>

#include "ringlet/linux/kernels.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::align_val_t alignment{64};

void require(const Status& status) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the text cannot be run through the model: ", describe(status, text));
}

}  // namespace

void ModelSession::FreeAligned::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment);
}

ModelSession::ModelSession(const Model& model, const Team& team, std::uint32_t context) {
  const Config config{.context = context,
                      .sinks = 0,
                      .kv = KvFormats(KvFormat::f32),
                      .prefill_chunk = 1,
                      .threads = team.threads};
  const Result<MemoryPlan> needed = plan(model, config);
  require(needed.status());
  const auto bytes = static_cast<std::size_t>(needed->total());
  memory_.reset(static_cast<std::byte*>(::operator new[](bytes, alignment)));
  const Result<Session> created =
      Session::create(model, config, {memory_.get(), bytes}, port::find_kernels("auto"), team);
  require(created.status());
  session_ = *created;
}

void ModelSession::step(TokenId token) { require(session_.step(token)); }

}  // namespace ringlet::convert
