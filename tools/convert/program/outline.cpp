#include "outline.hpp"

#include <algorithm>

#include "cache_fit/calibrate.hpp"
#include "common/format_values.hpp"
#include "import/import_source.hpp"
#include "import/print_note.hpp"
#include "output_stream.hpp"
#include "write/write_model.hpp"

namespace ringlet::convert {
namespace {

/// GGUF files have the divisors of frequencies beside the weights, where a source with holes has
/// zeros. They do not change the size of anything.
void replace_missing_factors(SourceModel& source) {
  const auto replace = [](SourceRotary& rotary) {
    std::replace(rotary.factors.begin(), rotary.factors.end(), 0.0, 1.0);
  };
  replace(source.rotary);
  if (source.local_rotary) replace(*source.local_rotary);
  if (source.long_rotary) replace(*source.long_rotary);
}

}  // namespace

void write_outline_file(const ConvertOptions& options) {
  check_output(options);
  OutputStream output(options.output);
  SourceModel source = import_source(options);
  replace_missing_factors(source);
  if (!source.cache_is_fitted) decide_without_measuring(options.cache, source);
  const std::uint64_t bytes = write_outline(source, options.formats, output.stream());
  output.close();
  std::filesystem::resize_file(output.temporary_path(), bytes);
  output.commit();
  if (!options.quiet) {
    print_note("wrote %s: an outline of %s bytes, without weights\n", options.output.c_str(),
               common::with_commas(bytes).c_str());
  }
}

}  // namespace ringlet::convert
