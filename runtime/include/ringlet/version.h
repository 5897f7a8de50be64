/* The version of these headers, for C and C++. The build takes the project's version from here. */
#ifndef RINGLET_VERSION_H
#define RINGLET_VERSION_H

#define RINGLET_VERSION_MAJOR 0
#define RINGLET_VERSION_MINOR 1
#define RINGLET_VERSION_PATCH 0

/* One number to compare. The header of a plan refuses any other than that of the program that made
   it, because another version may plan other sizes. */
#define RINGLET_VERSION \
  (RINGLET_VERSION_MAJOR * 10000 + RINGLET_VERSION_MINOR * 100 + RINGLET_VERSION_PATCH)

#endif
