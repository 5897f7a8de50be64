/* Ringlet's interface for C, which sketches of every C++ standard can use. */
#ifndef RINGLET_ARDUINO_H
#define RINGLET_ARDUINO_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The example's model, which the precompiled library has. It is linked where it is used. */
extern const unsigned char storyteller_model[], storyteller_model_end[];

#ifdef __cplusplus
}
#endif

#endif
