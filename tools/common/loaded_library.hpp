// A library that only some commands need. Linked, it and what it needs would be in the memory of
// every command: 6 MB for libcurl, 4 MB for cpp-httplib.
#pragma once

#include <string>

namespace ringlet::common {

class LoadedLibrary {
 public:
  /// Loads the library by the name of its file. Throws port::Failure, which names the package of
  /// the distribution, if that is impossible. It stays loaded.
  LoadedLibrary(const std::string& file, const char* package);

  /// A function of the library. `Function` is its type in the library's header.
  template <typename Function>
  [[nodiscard]] Function* function(const char* name) const {
    return reinterpret_cast<Function*>(address_of(name));
  }

 private:
  [[nodiscard]] void* address_of(const char* name) const;

  std::string file_;
  void* handle_ = nullptr;
};

}  // namespace ringlet::common
