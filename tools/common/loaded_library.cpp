#include "common/loaded_library.hpp"

#include <dlfcn.h>

#include "common/errors.hpp"

namespace ringlet::common {

LoadedLibrary::LoadedLibrary(const std::string& file, const char* package)
    : file_(file), handle_(dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    const char* reason = dlerror();
    fail(file, ": cannot be loaded (", reason == nullptr ? "" : reason, "); install the package ",
         package);
  }
}

void* LoadedLibrary::address_of(const char* name) const {
  void* address = dlsym(handle_, name);
  if (address == nullptr) fail(file_, ": has no ", name, "; it is too old");
  return address;
}

}  // namespace ringlet::common
