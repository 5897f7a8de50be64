#include <stdio.h>

#include "story.h"

/* Replace by the console of the board. */
static void write_text(const char* text) { fputs(text, stdout); }

int main(void) { return tell_story(write_text); }
