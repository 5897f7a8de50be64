/* The version of these headers, for C and C++. The build reads the project's version from here. */
#ifndef RINGLET_VERSION_H
#define RINGLET_VERSION_H

#define RINGLET_VERSION_MAJOR 0
#define RINGLET_VERSION_MINOR 1
#define RINGLET_VERSION_PATCH 0

/* The version as one number, for comparison. A generated plan header refuses to compile with any
   other version, which may compute different sizes. */
#define RINGLET_VERSION \
  (RINGLET_VERSION_MAJOR * 10000 + RINGLET_VERSION_MINOR * 100 + RINGLET_VERSION_PATCH)

#endif
