/* What the Python package needs beside the C interface of the library: the compiler of grammars, in
   the process. */
#ifndef RINGLET_PYTHON_COMPILE_GRAMMAR_H
#define RINGLET_PYTHON_COMPILE_GRAMMAR_H

#include "ringlet/ringlet.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a grammar is written in. */
typedef enum ringlet_grammar_source {
  RINGLET_SOURCE_JSON_SCHEMA = 0,
  RINGLET_SOURCE_GBNF = 1,
  RINGLET_SOURCE_REGULAR_EXPRESSION = 2,
  RINGLET_SOURCE_CHOICE = 3
} ringlet_grammar_source;

/* The outcome of ringlet_grammar_compile, to be freed with ringlet_compiled_free. */
typedef struct ringlet_compiled ringlet_compiled;

/* Compiles a source of `size` bytes. `name` is what messages call it. If `compact`, JSON has no
   spaces; rules contain themselves at most `depth` times. Null if there is no memory. */
ringlet_compiled* ringlet_grammar_compile(ringlet_grammar_source source, const char* text,
                                          size_t size, const char* name, bool compact,
                                          uint32_t depth);
/* The file of the grammar; empty if the source was refused. */
ringlet_bytes ringlet_compiled_file(const ringlet_compiled* compiled);
/* Why the source was refused, or notes on lines of their own. */
ringlet_text ringlet_compiled_message(const ringlet_compiled* compiled);
void ringlet_compiled_free(ringlet_compiled* compiled);

#ifdef __cplusplus
}
#endif

#endif
