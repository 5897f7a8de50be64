#include "pull/loaded_library.hpp"

#include <dlfcn.h>

#include "common/errors.hpp"

namespace ringlet::pull {

LoadedLibrary::LoadedLibrary(const char* file, const char* package)
    : file_(file), handle_(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    const char* reason = dlerror();
    common::fail(file, ": cannot be loaded (", reason == nullptr ? "" : reason,
                 "); install the package ", package);
  }
}

void* LoadedLibrary::address_of(const char* name) const {
  void* address = dlsym(handle_, name);
  if (address == nullptr) common::fail(file_, ": has no ", name, "; it is too old");
  return address;
}

}  // namespace ringlet::pull
