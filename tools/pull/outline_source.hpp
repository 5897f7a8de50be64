// A source for `ringlet-convert --outline` before the weights have arrived.
#pragma once

#include <string>

#include "pull/choose_files.hpp"
#include "pull/download.hpp"

namespace ringlet::pull {

/// Makes `folder`, which must not exist, a copy of the choice in which weights are holes: links to
/// the small files, which must be complete, and the beginnings of the others, which are downloaded.
/// Throws port::Failure or Interrupted.
void make_outline_source(Downloader& downloader, const FileChoice& choice,
                         const std::string& folder);

}  // namespace ringlet::pull
