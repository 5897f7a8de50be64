#include "cache_fit/own_text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "predictions.hpp"
#include "ringlet/sampler.hpp"
#include "ringlet/session.hpp"
#include "ringlet/tokenizer.hpp"
#include "source/errors.hpp"

namespace ringlet::convert {
namespace {

constexpr std::uint32_t longest_text = 256;
constexpr std::uint64_t most_captured_bytes = std::uint64_t{256} << 20;

void require(const Status& status) {
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the model cannot be run to calibrate its cache: ", describe(status, text),
       "; --kv-tokens 0 skips the calibration");
}

/// A session with its own memory.
class OwnSession {
 public:
  OwnSession(const Model& model, const Machine& machine, std::uint32_t context, KvFormats kv) {
    const Config config{.context = context,
                        .sinks = 0,
                        .kv = kv,
                        .prefill_chunk = 1,
                        .threads = machine.team.threads};
    const Result<MemoryPlan> needed = plan(model, config);
    require(needed.status());
    const std::size_t bytes = (needed->total() + 63) / 64 * 64;
    memory_.reset(static_cast<std::byte*>(std::aligned_alloc(64, bytes)));
    if (memory_ == nullptr) fail("out of memory: the cache takes ", bytes, " bytes");
    const Result<Session> created =
        Session::create(model, config, {memory_.get(), bytes}, machine.kernels, machine.team);
    require(created.status());
    session_ = *created;
  }

  Session& operator*() { return session_; }
  Session* operator->() { return &session_; }

 private:
  struct Free {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Free> memory_;
  Session session_;
};

std::uint32_t text_length(const Model& model) {
  return std::min(longest_text, model.architecture().trained_context);
}

TokenId first_token(const Model& model) {
  const Result<Tokenizer> tokenizer = Tokenizer::open(model);
  return tokenizer.ok() && tokenizer->bos() != Tokenizer::none ? tokenizer->bos() : 0;
}

/// Returns a sampler that draws from the whole distribution.
Sampler make_sampler(Session& session, std::uint64_t seed) {
  SamplerOptions options;
  options.temperature = 1.0F;
  options.repeat_window = 0;
  options.seed = seed;
  const Result<Sampler> sampler = session.sampler(options);
  require(sampler.status());
  return *sampler;
}

void capture(void* user_data, const Observation& seen) {
  auto& layers = *static_cast<std::vector<CapturedLayer>*>(user_data);
  if (seen.layer >= layers.size()) return;
  CapturedLayer& layer = layers[seen.layer];
  std::vector<float>* into = nullptr;
  if (seen.tap == Tap::queries) into = &layer.queries;
  if (seen.tap == Tap::keys) into = &layer.keys;
  if (seen.tap == Tap::values) into = &layer.values;
  if (into == nullptr) return;
  for (std::size_t t = 0; t < seen.tokens; ++t) {
    const float* row = seen.rows + t * seen.stride;
    into->insert(into->end(), row, row + seen.columns);
  }
}

}  // namespace

OwnText write_own_text(const Model& model, const Machine& machine, std::uint32_t tokens) {
  const Architecture& a = model.architecture();
  OwnText text{.length = text_length(model), .texts = 0, .layers = {}};
  const std::uint64_t bytes_per_text = std::uint64_t{text.length} * a.layers * sizeof(float) *
                                       (std::uint64_t{a.query_dim()} + 2 * a.kv_dim());
  const std::uint64_t most = std::max<std::uint64_t>(1, most_captured_bytes / bytes_per_text);
  text.texts = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(most, (tokens + text.length - 1) / text.length));
  text.layers.resize(a.layers);
  OwnSession session(model, machine, text.length, KvFormat::f32);
  session->set_observer({capture, &text.layers});
  for (std::uint32_t i = 0; i < text.texts; ++i) {
    session->reset();
    Sampler sampler = make_sampler(*session, i + 1);
    require(session->step(first_token(model)));
    for (std::uint32_t t = 1; t < text.length; ++t) {
      require(session->step(sampler.sample(session->logits())));
    }
  }
  return text;
}

std::vector<CacheDistance> measure_caches(const Model& model, const Machine& machine,
                                          std::uint32_t tokens,
                                          const std::vector<KvFormats>& formats) {
  const std::uint32_t length = text_length(model);
  OwnSession exact(model, machine, length, KvFormat::f32);
  std::vector<OwnSession> others;
  for (const KvFormats format : formats) others.emplace_back(model, machine, length, format);
  std::vector<CacheDistance> sums(formats.size());
  std::vector<double> p;
  std::vector<double> q;
  double predictions = 0;
  for (std::uint32_t done = 0, seed = 1000; done < tokens; done += length, ++seed) {
    Sampler sampler = make_sampler(*exact, seed);
    exact->reset();
    for (OwnSession& other : others) other->reset();
    TokenId token = first_token(model);
    for (std::uint32_t t = 0; t < length; ++t) {
      require(exact->step(token));
      port::log_softmax(exact->logits(), p);
      for (std::size_t i = 0; i < others.size(); ++i) {
        require(others[i]->step(token));
        port::log_softmax(others[i]->logits(), q);
        sums[i].divergence += port::divergence(p, q);
        sums[i].agreement += port::likeliest(p) == port::likeliest(q) ? 1.0 : 0.0;
      }
      predictions += 1;
      token = sampler.sample(exact->logits());
    }
  }
  for (CacheDistance& sum : sums) {
    sum.divergence /= predictions;
    sum.agreement /= predictions;
  }
  return sums;
}

}  // namespace ringlet::convert
