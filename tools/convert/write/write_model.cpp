#include "write/write_model.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>
#include <utility>

#include "base/checked.hpp"
#include "base/crc32c.hpp"
#include "base/sha256.hpp"
#include "model/file_format.hpp"
#include "model/verify.hpp"
#include "ringlet/status.hpp"
#include "source/errors.hpp"
#include "write/encode_panels.hpp"
#include "write/file_writer.hpp"
#include "write/tables.hpp"
#include "write/validate.hpp"

namespace ringlet::convert {
namespace {

std::uint64_t elements(const SourceMatrix& matrix) {
  return std::uint64_t{matrix.rows} * matrix.columns;
}

std::uint64_t count_parameters(const SourceModel& source, SegmentRecord& segment) {
  std::uint64_t count = 0;
  visit_tensors(
      source, segment, [&](const SourceMatrix& m, const TensorRecord&) { count += elements(m); },
      [&](const SourceVector& v, const PlaneRecord&) { count += v.values.size(); });
  return count;
}

/// Writes the planes in the order of their offsets and records checksums and errors. Holds one
/// panel of 16 rows for each thread and the scales of one matrix (an eighth of its INT4 codes) in
/// memory.
class SegmentWriter {
 public:
  SegmentWriter(FileWriter& file, std::uint64_t segment_offset, std::uint64_t parameters,
                std::uint32_t threads, const WriteProgress& progress)
      : file_(file), segment_offset_(segment_offset), threads_(threads), progress_(progress) {
    report_.parameters = parameters;
  }

  void write(const SourceMatrix& matrix, TensorRecord& record) {
    PanelEncoder encoder(matrix, record.format);
    std::vector<std::byte> scales;
    scales.reserve(static_cast<std::size_t>(record.scales.size));
    file_.pad_to(segment_offset_ + record.codes.offset);
    Sha256 hash;
    encode_panels(encoder, threads_for(matrix), [&](const Panel& panel) {
      hash.update(panel.codes);
      record.codes.crc32c = crc32c(panel.codes, record.codes.crc32c);
      file_.append(panel.codes);
      scales.insert(scales.end(), panel.scales.begin(), panel.scales.end());
    });
    record.codes.sha256 = hash.finish();
    if (!scales.empty()) write_plane(scales, record.scales);
    record.relative_error = static_cast<float>(encoder.relative_error());
    const std::uint64_t bytes = record.codes.size + record.scales.size;
    finish({.name = matrix.name,
            .kind = record.kind,
            .format = record.format,
            .rows = matrix.rows,
            .columns = matrix.columns,
            .bytes = bytes,
            .relative_error = encoder.relative_error(),
            .codes = matrix.codes ? matrix.codes->type : ""});
    report_.weight_bytes += bytes;
    weights_ += elements(matrix);
  }

  void write(const SourceVector& vector, PlaneRecord& record) {
    write_plane(std::as_bytes(std::span(vector.values)), record);
    finish({.name = vector.name,
            .rows = 1,
            .columns = static_cast<std::uint32_t>(vector.values.size()),
            .bytes = record.size});
  }

  /// The report, without the size of the file, which the caller adds.
  WriteReport take_report() {
    report_.bits_per_weight = weights_ > 0 ? 8.0 * static_cast<double>(report_.weight_bytes) /
                                                 static_cast<double>(weights_)
                                           : 0;
    return std::move(report_);
  }

 private:
  /// Starting threads takes as long as quantizing about a thousand weights.
  [[nodiscard]] std::uint32_t threads_for(const SourceMatrix& matrix) const {
    constexpr std::uint64_t weights_per_thread = 16384;
    const std::uint64_t useful = elements(matrix) / weights_per_thread + 1;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(threads_, useful));
  }

  void write_plane(std::span<const std::byte> bytes, PlaneRecord& plane) {
    if (bytes.size() != plane.size) throw std::logic_error("a plane has another size than planned");
    file_.pad_to(segment_offset_ + plane.offset);
    file_.append(bytes);
    plane.crc32c = crc32c(bytes);
    plane.sha256 = sha256(bytes);
  }

  void finish(TensorReport tensor) {
    done_ += std::uint64_t{tensor.rows} * tensor.columns;
    report_.tensors.push_back(std::move(tensor));
    if (progress_) progress_(report_.tensors.back(), done_, report_.parameters);
  }

  FileWriter& file_;
  std::uint64_t segment_offset_;
  std::uint32_t threads_;
  const WriteProgress& progress_;
  WriteReport report_;
  std::uint64_t done_ = 0;
  std::uint64_t weights_ = 0;  // parameters in matrices
};

std::span<const std::byte> bytes_of(const flatbuffers::DetachedBuffer& buffer) {
  return std::as_bytes(std::span(buffer.data(), buffer.size()));
}

/// Lets the runtime check the tables before any weight is written.
void check_with_runtime(const flatbuffers::DetachedBuffer& buffer) {
  const schema::Model& model = *schema::GetModel(buffer.data());
  Architecture architecture;
  Status status = verify_architecture(model, architecture);
  if (status.ok() && model.tokenizer() != nullptr) {
    status = verify_tokenizer(*model.tokenizer(), architecture);
  }
  if (status.ok()) return;
  std::array<char, 256> text{};
  fail("the runtime cannot run this model: ", describe(status, text));
}

/// Whether the tables say something that a reader of format version 1 would skip in silence. What
/// such a reader refuses by itself (a norm that is missing, an activation it does not know) needs
/// no new version.
bool needs_version_2(const schema::Model& model) {
  using Layer = schema::Layer;
  const schema::Architecture& a = *model.architecture();
  if (a.residual_scale() != 1 || a.parallel_blocks() || a.norm_after_rotary() ||
      a.query_growth() != 0 || a.convolution() != 0 || a.per_layer_dim() != 0) {
    return true;
  }
  if (model.lm_head_bias() != nullptr) return true;
  return std::any_of(model.layers()->begin(), model.layers()->end(), [](const Layer* layer) {
    return layer->all_q_norm() != nullptr || layer->attended_norm() != nullptr ||
           layer->hidden_norm() != nullptr || layer->attended_gate() != nullptr ||
           layer->v_norm() != nullptr || layer->head_dim() != 0 || layer->kv_heads() != 0 ||
           layer->hidden_dim() != 0 || layer->cache_of() >= 0 || layer->values_are_keys() ||
           layer->output_scale() != 1;
  });
}

file::Preamble make_preamble(std::span<const std::byte> tables, std::uint64_t segment_offset,
                             std::uint64_t segment_size) {
  file::Preamble preamble{};
  std::copy(std::begin(file::magic), std::end(file::magic), preamble.magic);
  const schema::Model& model = *schema::GetModel(tables.data());
  preamble.major = needs_version_2(model) ? file::most_major_version : file::least_major_version;
  preamble.minor = file::minor_version;
  preamble.tables_offset = sizeof(preamble);
  preamble.tables_size = tables.size();
  preamble.segment_offset = segment_offset;
  preamble.segment_size = segment_size;
  preamble.tables_crc32c = crc32c(tables);
  preamble.preamble_crc32c = crc32c(std::as_bytes(std::span(&preamble, 1)));
  return preamble;
}

std::uint64_t segment_offset_after(const flatbuffers::DetachedBuffer& tables) {
  return Checked(sizeof(file::Preamble) + tables.size())
      .rounded_up(file::segment_alignment)
      .value();
}

std::vector<std::byte> beginning_of(const flatbuffers::DetachedBuffer& tables,
                                    std::uint64_t segment_size) {
  const file::Preamble preamble =
      make_preamble(bytes_of(tables), segment_offset_after(tables), segment_size);
  std::vector<std::byte> beginning(sizeof(preamble) + tables.size());
  std::memcpy(beginning.data(), &preamble, sizeof(preamble));
  std::memcpy(beginning.data() + sizeof(preamble), tables.data(), tables.size());
  return beginning;
}

}  // namespace

WriteReport write_model(const SourceModel& source, const WriteOptions& options, std::ostream& out,
                        const WriteProgress& progress, SegmentRecord* record) {
  validate_source(source);
  SegmentRecord segment = plan_segment(source, options);
  const TableInputs inputs = prepare_tables(source, options);
  const flatbuffers::DetachedBuffer draft = build_tables(source, inputs, segment);
  check_with_runtime(draft);
  const std::uint64_t segment_offset = segment_offset_after(draft);

  FileWriter file(out);
  file.pad_to(segment_offset);
  SegmentWriter writer(file, segment_offset, count_parameters(source, segment), options.threads,
                       progress);
  const auto write = [&](const auto& tensor, auto& to) { writer.write(tensor, to); };
  visit_tensors(source, segment, write, write);
  file.pad_to(segment_offset + segment.size);

  const flatbuffers::DetachedBuffer tables = build_tables(source, inputs, segment);
  if (tables.size() != draft.size()) throw std::logic_error("the size of the tables changed");
  file.overwrite_beginning(beginning_of(tables, segment.size));

  WriteReport report = writer.take_report();
  report.file_bytes = file.end();
  if (record != nullptr) *record = std::move(segment);
  return report;
}

std::uint64_t write_outline(const SourceModel& source, const WriteOptions& options,
                            std::ostream& out) {
  validate_source(source);
  const SegmentRecord segment = plan_segment(source, options);
  const flatbuffers::DetachedBuffer tables =
      build_tables(source, prepare_tables(source, options), segment);
  check_with_runtime(tables);
  FileWriter(out).overwrite_beginning(beginning_of(tables, segment.size));
  return segment_offset_after(tables) + segment.size;
}

void rewrite_tables(const SourceModel& source, const WriteOptions& options,
                    const SegmentRecord& segment, std::ostream& out) {
  const flatbuffers::DetachedBuffer tables =
      build_tables(source, prepare_tables(source, options), segment);
  check_with_runtime(tables);
  FileWriter(out).overwrite_beginning(beginning_of(tables, segment.size));
}

std::vector<std::byte> write_model_to_memory(const SourceModel& source,
                                             const WriteOptions& options) {
  std::ostringstream out;
  write_model(source, options, out);
  const std::string text = std::move(out).str();
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace ringlet::convert
