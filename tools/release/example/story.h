/* The example: tells a story, and prints the memory that it takes and the digest, which is the same
   on every processor. */
#ifndef STORY_H
#define STORY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Prints by `write`. Returns 0, or the code of an error that it has printed. */
int tell_story(void (*write)(const char*));

#ifdef __cplusplus
}
#endif

#endif
